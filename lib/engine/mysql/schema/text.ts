/** Quotes as the server writes them: with doubled quotes, in texts with backslashes too. */
const QUOTED = /'(?:[^'\\]|\\[\s\S]|'')*'|`(?:[^`]|``)*`|"(?:[^"\\]|\\[\s\S]|"")*"/;
const PARTS = new RegExp(`(${QUOTED.source})`);

/** A name between backticks, or as one writes it where it needs none. */
export const NAME = '(?:`(?:[^`]|``)*`|"(?:[^"]|"")*"|[\\w$]+)';

/** In backticks. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** As one writes it: in backticks only where it needs them. */
export function written(name: string): string {
  return /^[A-Za-z_][\w$]*$/.test(name) ? name : quoted(name);
}

/** Cut into what stands outside of quotes and what inside, in turn: the first part is outside. */
export function cutAtQuotes(text: string): string[] {
  return text.split(PARTS);
}

/** The lines of a text; a line end within quotes is none. */
export function linesOf(text: string): string[] {
  const lines = [''];
  for (const [at, part] of cutAtQuotes(text).entries()) {
    const [first = '', ...more] = at % 2 === 0 ? part.split('\n') : [part];
    lines[lines.length - 1] += first;
    lines.push(...more);
  }
  return lines;
}

/** Change what stands outside of quotes. */
export function outsideQuotes(text: string, change: (part: string) => string): string {
  return cutAtQuotes(text)
    .map((part, at) => (at % 2 === 0 ? change(part) : part))
    .join('');
}

const DEFINER = new RegExp(`^(CREATE (?:ALGORITHM=\\w+ )?)DEFINER=${NAME}@${NAME} `);

/** Whose it is, is not part of a schema: who builds it again owns it. */
export function withoutDefiner(sql: string): string {
  return sql.replace(DEFINER, '$1');
}
