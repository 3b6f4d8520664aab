import type { Line } from './found.ts';
import type { Reading } from './reading.ts';

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

/**
 * Puts values in the place of placeholders. A group of `pattern`, which is global, is the name; where none has matched, the placeholder is
 * more than a name and cannot be filled in.
 */
export function fillIn(reading: Reading, file: string, lines: readonly Line[], pattern: RegExp): Line[] {
  return lines.map(({ number, text }) => ({
    number,
    // After the groups come the offset and the whole text.
    text: text.replace(pattern, (written: string, ...rest: unknown[]) => {
      const name = rest.slice(0, -2).find(group => group !== undefined) as string | undefined;
      return filledIn(reading, file, number, written, name) ?? written;
    }),
  }));
}

function filledIn(
  reading: Reading,
  file: string,
  line: number,
  written: string,
  name: string | undefined,
): string | undefined {
  if (name === undefined) {
    reading.cannotCarry('not-importable', file, line, `The template ${written} is more than a placeholder`);
    return undefined;
  }
  const value = reading.settings.value(name);
  if (value === undefined)
    reading.cannotCarry(
      'not-importable',
      file,
      line,
      `The placeholder ${written} has no value`,
      `Give it with --set ${name}=VALUE, or leave the file out with --skip "${file}"`,
    );
  return value;
}
