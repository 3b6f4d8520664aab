import { UsageError } from './usage-error.ts';

/** The values of `--set NAME=VALUE`. Throws a `UsageError`. */
export function settingsOf(given: readonly string[], command: string): ReadonlyMap<string, string> {
  return new Map(
    given.map(setting => {
      const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(setting) ?? [];
      if (name === undefined)
        throw new UsageError(`--set cannot be "${setting}"`, 'Give a name and its value: --set NAME=VALUE', command);
      return [name, value!] as const;
    }),
  );
}
