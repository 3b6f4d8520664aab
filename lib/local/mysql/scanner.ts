/** What the service makes of a statement before it prepares it. */
export interface Scanned {
  /** With `?` for the names. */
  readonly sql: string;
  /** In the order of their places; a name twice is there twice. */
  readonly names: readonly string[];
}

/** What nobody has measured about the service's scanner on MySQL. */
export interface MysqlScanner {
  /** A backslash in '…' and "…" hides the quote after it. @default false */
  readonly backslashes?: boolean | undefined;
  /** `#` begins a comment. @default false */
  readonly hashes?: boolean | undefined;
  /** Backticks quote. @default false */
  readonly backticks?: boolean | undefined;
}

/** Rewrite `:name` to `?`, everywhere but in '…', "…", `--` and block comments; `::` is none. */
export function scan(sql: string, options: MysqlScanner = {}): Scanned {
  const names: string[] = [];
  let out = '';
  for (let at = 0; at < sql.length; ) {
    const end = skip(sql, at, options);
    if (end > at) {
      out += sql.slice(at, end);
      at = end;
      continue;
    }
    NAME.lastIndex = at;
    const name = NAME.exec(sql)?.[1];
    if (name === undefined) out += sql[at++];
    else {
      names.push(name);
      out += '?';
      at += 1 + name.length;
    }
  }
  return { sql: out, names };
}

const NAME = /:([A-Za-z0-9_]+)/y;

/** The end of what is copied as it is from here, or `at` where nothing of that kind begins. */
function skip(
  sql: string,
  at: number,
  { backslashes = false, hashes = false, backticks = false }: MysqlScanner,
): number {
  const char = sql[at]!;
  if (char === "'" || char === '"') return quoted(sql, at, backslashes);
  if (char === '`' && backticks) return quoted(sql, at, false);
  if (sql.startsWith('--', at) || (char === '#' && hashes)) return until(sql, '\n', at);
  if (sql.startsWith('/*', at)) return until(sql, '*/', at + 2);
  if (sql.startsWith('::', at)) return at + 2;
  const PLAIN = /[^'"`#\-/:]+/y;
  PLAIN.lastIndex = at;
  return PLAIN.test(sql) ? PLAIN.lastIndex : at;
}

function quoted(sql: string, start: number, backslashes: boolean): number {
  for (let at = start + 1; at < sql.length; at++) {
    if (backslashes && sql[at] === '\\') at++;
    else if (sql[at] === sql[start]) return at + 1;
  }
  return sql.length;
}

function until(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found < 0 ? sql.length : found + mark.length;
}
