/** `sql` of the Data API takes at most so many characters; some of them are the tag that the runner puts before a statement. */
export const LONGEST_STATEMENT = 65_536 - 512;

/**
 * The first `:name` that the Data API would take for a parameter, as an offset, in a statement that is sent as it is; undefined: none.
 * The service respects '…', "…", `--`, `/* *\/` and `::`, but no dollar quotes, and counts digits as names. Whether it honours backslashes
 * and nested comments is not known: what either reading would take is reported.
 */
export function firstParameter(sql: string): number | undefined {
  const found = [true, false].flatMap(backslashes =>
    [true, false].flatMap(nested => find(sql, backslashes, nested) ?? []),
  );
  return found.length === 0 ? undefined : Math.min(...found);
}

function find(sql: string, backslashes: boolean, nested: boolean): number | undefined {
  for (let at = 0; at < sql.length; at++) {
    const char = sql[at]!;
    if (char === "'" || char === '"') at = quoteEnd(sql, at, char, backslashes && char === "'");
    else if (sql.startsWith('--', at)) at = lineEnd(sql, at);
    else if (sql.startsWith('/*', at)) at = commentEnd(sql, at, nested);
    else if (sql.startsWith('::', at)) at++;
    else if (char === ':' && /\w/.test(sql[at + 1] ?? '')) return at;
  }
  return undefined;
}

/** Offset of the closing quote, or of the end. A doubled quote closes one and opens the next, which comes to the same. */
function quoteEnd(sql: string, start: number, quote: string, backslashes: boolean): number {
  let at = start + 1;
  while (at < sql.length && sql[at] !== quote) at += backslashes && sql[at] === '\\' ? 2 : 1;
  return at;
}

function lineEnd(sql: string, start: number): number {
  const end = sql.indexOf('\n', start);
  return end < 0 ? sql.length : end;
}

function commentEnd(sql: string, start: number, nested: boolean): number {
  let depth = 1;
  for (let at = start + 2; at < sql.length; at++) {
    if (nested && sql.startsWith('/*', at)) {
      depth++;
      at++;
    } else if (sql.startsWith('*/', at)) {
      at++;
      if (--depth === 0) return at;
    }
  }
  return sql.length;
}
