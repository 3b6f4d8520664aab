/** Values of placeholders: those given by `--set`, and those that the source itself defines. */
export interface Settings {
  readonly given: ReadonlyMap<string, string>;
  readonly used: Set<string>;
  value(name: string): string | undefined;
  /** Adds a value that the source defines. A value that was given outweighs it. */
  define(name: string, value: string): void;
}

export function settings(given: ReadonlyMap<string, string>): Settings {
  const defined = new Map<string, string>();
  const used = new Set<string>();
  return {
    given,
    used,
    value(name) {
      if (given.has(name)) used.add(name);
      return given.get(name) ?? defined.get(name);
    },
    define: (name, value) => void (defined.has(name) || defined.set(name, value)),
  };
}
