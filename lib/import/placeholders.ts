import type { Line } from './found.ts';
import type { Reading } from './reading.ts';

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
