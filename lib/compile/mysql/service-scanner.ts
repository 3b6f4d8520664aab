/** `sql` of the Data API takes at most so many characters; some of them are the tag that the runner puts before a statement. */
export const LONGEST_STATEMENT = 65_536 - 512;

/** What nobody has measured of the service's scanner on MySQL. */
interface Reading {
  readonly backslashes: boolean;
  readonly hashes: boolean;
  readonly backticks: boolean;
}

const READINGS: readonly Reading[] = [true, false].flatMap(backslashes =>
  [true, false].flatMap(hashes => [true, false].map(backticks => ({ backslashes, hashes, backticks }))),
);

/**
 * The first `:name` that the Data API would take for a parameter, as an offset, under any reading that is possible; undefined: none.
 * It respects '…', "…", `-- ` and block comments; whether backslashes, `#` and backticks is not known.
 */
export function firstParameter(sql: string): number | undefined {
  if (!/:\w/.test(sql)) return undefined;
  const found = READINGS.flatMap(reading => find(sql, reading) ?? []);
  return found.length === 0 ? undefined : Math.min(...found);
}

/** Whether all readings come out of a text as they went in: what is written behind it is read as if it stood alone. */
export function isSelfContained(text: string): boolean {
  return READINGS.every(reading => find(`${text} :x`, reading) === text.length + 1);
}

function find(sql: string, { backslashes, hashes, backticks }: Reading): number | undefined {
  for (let at = 0; at < sql.length; at++) {
    const char = sql[at]!;
    if (char === "'" || char === '"' || (char === '`' && backticks))
      at = quoteEnd(sql, at, backslashes && char !== '`');
    else if (sql.startsWith('--', at) || (char === '#' && hashes)) at = indexOrEnd(sql, '\n', at);
    else if (sql.startsWith('/*', at)) at = indexOrEnd(sql, '*/', at + 2) + 1;
    else if (sql.startsWith('::', at)) at++;
    else if (char === ':' && /\w/.test(sql[at + 1] ?? '')) return at;
  }
  return undefined;
}

function quoteEnd(sql: string, start: number, backslashes: boolean): number {
  let at = start + 1;
  while (at < sql.length && sql[at] !== sql[start]) at += backslashes && sql[at] === '\\' ? 2 : 1;
  return at;
}

function indexOrEnd(sql: string, mark: string, from: number): number {
  const end = sql.indexOf(mark, from);
  return end < 0 ? sql.length : end;
}
