const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}]/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that a text takes on a terminal. It must hold no escape sequences: style comes after the measuring. */
export function width(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(text)) columns += columnsOf(segment);
  return columns;
}

/** The text cut to so many columns, with `…` where something is missing. */
export function fit(text: string, columns: number): string {
  if (width(text) <= columns) return text;
  let taken = 0;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    taken += columnsOf(segment);
    if (taken > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The text in lines of at most so many columns, broken between words; only a word that is longer than a line is broken itself. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap(line => wrapLine(line, columns));
}

function wrapLine(line: string, columns: number): string[] {
  if (width(line) <= columns) return [line];
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (width(longer) <= columns) {
      current = longer;
      continue;
    }
    if (current !== '') lines.push(current);
    current = word;
    while (width(current) > columns) {
      const part = slice(current, columns);
      lines.push(part);
      current = current.slice(part.length);
    }
  }
  return [...lines, current];
}

/** Text of others (names, messages of the database) without what would move the cursor or colour the screen. */
export function printable(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/\p{Cc}/gu, control => ({ '\n': '\n', '\t': '  ' })[control] ?? '\ufffd');
}

/** The same, on one line. */
export function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').trim();
}

function slice(text: string, columns: number): string {
  let taken = 0;
  let kept = '';
  for (const { segment } of graphemes.segment(text)) {
    taken += columnsOf(segment);
    if (taken > columns && kept !== '') break;
    kept += segment;
  }
  return kept;
}

function columnsOf(grapheme: string): number {
  if (WIDE.test(grapheme)) return 2;
  return NO_WIDTH.test(grapheme) && grapheme.length === 1 ? 0 : 1;
}
