import type { WrittenCharset } from './charset.ts';
import type { Clause } from './clause.ts';

/** The place behind an option and its `=`; -1 where it is not written outside of brackets. */
function placeOf(options: Clause, ...words: readonly string[]): number {
  const at = options.find(0, ...words);
  if (at < 0) return -1;
  const behind = at + words.length;
  return options.has(behind, '=') ? behind + 1 : behind;
}

/** The value of an option of a table; undefined where it is not written. */
export function optionValue(options: Clause, ...words: readonly string[]): string | undefined {
  const at = placeOf(options, ...words);
  return at < 0 ? undefined : options.value(at);
}

/** `[DEFAULT] {CHARSET | CHARACTER SET} [=] utf8mb4 [COLLATE [=] utf8mb4_bin]` */
export function charsetOptions(options: Clause): WrittenCharset {
  return {
    charset: optionValue(options, 'charset') ?? optionValue(options, 'character', 'set') ?? null,
    collation: optionValue(options, 'collate') ?? null,
  };
}
