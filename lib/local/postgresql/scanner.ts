/** What the service makes of a statement before it prepares it. */
export interface Scanned {
  /** With `$1`, `$2`, … for the names. */
  readonly sql: string;
  /** The name of `$1`, of `$2`, … */
  readonly names: readonly string[];
}

/** What nobody has measured about the service's scanner. */
export interface ScannerOptions {
  /** A backslash in `'…'` hides the quote after it. @default false */
  readonly backslashes?: boolean | undefined;
  /** Comments nest, as PostgreSQL's do. @default false */
  readonly nestedComments?: boolean | undefined;
  /**
   * What becomes of a name that stands in several places: a parameter of its own for each, so that `GROUP BY f(:x)` is not `SELECT f(:x)`
   * (error 42803), or one `$n` for all of them. @default 'separate'
   */
  readonly repeatedNames?: 'separate' | 'shared' | undefined;
}

/**
 * Rewrite `:name` to `$n` as the service does: everywhere but in `'…'`, `"…"`, `--` and block comments, and `::` is a cast. It does so in a
 * statement without parameters too, takes digits for names (so `a[1:2]` breaks), and knows no dollar quotes, so that `$$a :b c$$` becomes
 * `$$a $1 c$$` in silence. Source: a live cluster, https://github.com/tmokmss/aurora-data-api-proxy/blob/main/COMPATIBILITY.md
 */
export function scan(sql: string, options: ScannerOptions = {}): Scanned {
  const names: string[] = [];
  let out = '';
  let at = 0;
  while (at < sql.length) {
    const end = skip(sql, at, options);
    if (end > at) {
      out += sql.slice(at, end);
      at = end;
    } else {
      nameAt.lastIndex = at;
      const name = nameAt.exec(sql)?.[1];
      if (name === undefined) {
        out += sql[at++];
        continue;
      }
      const known = options.repeatedNames === 'shared' ? names.indexOf(name) : -1;
      out += `$${known >= 0 ? known + 1 : names.push(name)}`;
      at += 1 + name.length;
    }
  }
  return { sql: out, names };
}

const nameAt = /:([A-Za-z0-9_]+)/y;

/** The end of what is copied as it is from here, or `at` where nothing of that kind begins. */
function skip(sql: string, at: number, options: ScannerOptions): number {
  switch (sql[at]) {
    case "'":
      return quoted(sql, at, "'", options.backslashes === true);
    case '"':
      return quoted(sql, at, '"', false);
    case '-':
      return sql[at + 1] === '-' ? until(sql, '\n', at) : at;
    case '/':
      return sql[at + 1] === '*' ? comment(sql, at, options.nestedComments === true) : at;
    case ':':
      return sql[at + 1] === ':' ? at + 2 : at;
    default: {
      const plain = /[^'"\-/:]+/y;
      plain.lastIndex = at;
      return plain.test(sql) ? plain.lastIndex : at;
    }
  }
}

/** A doubled quote ends one string and begins the next: the same in effect. */
function quoted(sql: string, start: number, quote: string, backslashes: boolean): number {
  for (let at = start + 1; at < sql.length; at++) {
    if (backslashes && sql[at] === '\\') at++;
    else if (sql[at] === quote) return at + 1;
  }
  return sql.length;
}

function comment(sql: string, start: number, nested: boolean): number {
  if (!nested) return until(sql, '*/', start + 2);
  let depth = 1;
  let at = start + 2;
  while (depth > 0) {
    const close = sql.indexOf('*/', at);
    if (close < 0) return sql.length;
    const open = sql.indexOf('/*', at);
    const opens = open >= 0 && open < close;
    depth += opens ? 1 : -1;
    at = (opens ? open : close) + 2;
  }
  return at;
}

function until(sql: string, mark: string, from: number): number {
  const found = sql.indexOf(mark, from);
  return found < 0 ? sql.length : found + mark.length;
}
