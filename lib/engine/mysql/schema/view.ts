import { cutAtQuotes, outsideQuotes, quoted } from './text.ts';

/** What begins a line, where it stands in no brackets. Names are all quoted: a word is a word of the language. */
const PLACES = /[()]|,| (?=(?:select|from|where|group|having|window|order|limit|union|except|intersect)\b)/g;

/** A view as the server writes it, on one line, in lines that a difference can be seen in. Only white space is changed, outside of quotes. */
export function layOut(sql: string): string {
  let depth = 0;
  return outsideQuotes(sql, part =>
    part.replace(PLACES, sign => {
      if (sign === '(') depth++;
      if (sign === ')') depth--;
      if (depth > 0 || sign === ')') return sign;
      return sign === ',' ? ',\n  ' : '\n';
    }),
  );
}

/**
 * Without the name of its own database, which older servers write where a view names another one too: the schema may be built in a database
 * of any name. `db`.`table`.`column`, `db`.`function`(…) and `db`.`table` for one of the tables and views that there are.
 */
export function withoutDatabase(sql: string, database: string, tables: ReadonlySet<string>): string {
  const parts = cutAtQuotes(sql);
  const own = quoted(database);
  const isName = (at: number) => parts[at]?.startsWith('`') === true;
  for (let at = 1; at + 2 < parts.length; at += 2) {
    if (parts[at] !== own || parts[at + 1] !== '.' || parts[at - 1]!.endsWith('.') || !isName(at + 2)) continue;
    const column = parts[at + 3] === '.' && isName(at + 4);
    const call = parts[at + 3]?.startsWith('(') === true;
    if (!column && !call && !tables.has(parts[at + 2]!)) continue;
    parts[at] = '';
    parts[at + 1] = '';
  }
  return parts.join('');
}
