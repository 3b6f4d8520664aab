import type { Section } from '../grammar.ts';
import { isFramed } from './frame.ts';
import { type ParsedStatement, parse, type SyntaxProblem } from './parser.ts';
import { checkStatements } from './refuse.ts';
import type { Chunk, ScannedScript } from './script.ts';

/** Complain of the commands of psql, those of pg_dump apart: `\restrict` guards psql, and means nothing to the server. */
export function checkCommands({ source, from }: Section, { commands }: ScannedScript, text: string): void {
  for (const { start, end, inStatement } of commands) {
    const command = text.slice(start, end).split(/\s/)[0]!;
    if (/^\\(un)?restrict$/.test(command) && !inStatement) continue;
    const remedy = 'Take it out, or write in SQL what it does';
    source.error('psql-command', from + start, `${command} is a command of psql, not SQL`, remedy);
  }
}

/**
 * Report what is wrong with a script that does not parse. Its first error is PostgreSQL's own for the whole; then the statements are tried
 * one by one, so that one mistake does not hide the next.
 */
export function diagnose(section: Section, { sql, chunks }: ScannedScript, whole: SyntaxProblem): void {
  const good: ParsedStatement[] = [];
  const failed: { readonly chunk: Chunk; readonly problem: SyntaxProblem }[] = [];
  for (const chunk of chunks) {
    const parsed = parse(sql.slice(chunk.start, chunk.end));
    if ('message' in parsed) failed.push({ chunk, problem: parsed });
    else good.push(...parsed.map(statement => ({ ...statement, start: chunk.start + statement.start })));
  }
  const offset = whole.offset ?? failed[0]?.chunk.start ?? 0;
  complain(section, sql, offset, whole.message);
  for (const { chunk, problem } of failed) {
    if (chunk.start > offset) complain(section, sql, chunk.start + (problem.offset ?? 0), problem.message);
  }
  const statements = good.map(({ node, start }) => ({ node, first: start }));
  checkStatements(section, statements, isFramed(statements));
}

function complain({ source, from }: Section, sql: string, offset: number, message: string): void {
  // At the end of the input the last token is the place to look at, not the empty line after it.
  const place = Math.min(offset, sql.trimEnd().length);
  source.error('syntax', from + place, short(message), remedy(message));
}

/** PostgreSQL quotes from the error to the end of the token, which for an open quote is the rest of the file. */
function short(message: string): string {
  return message.replace(/ at or near "(.*)"$/s, (_, near: string) => {
    const [line = ''] = near.split('\n');
    const shown = line.length < near.length || line.length > 40 ? `${line.slice(0, 40).trimEnd()}…` : line;
    return ` at or near "${shown}"`;
  });
}

function remedy(message: string): string {
  if (message.startsWith('unterminated quoted string'))
    return "Close the quote that begins here; a quote inside of it is written twice ('')";
  if (message.startsWith('unterminated quoted identifier')) return 'Close the double quote that begins here';
  if (message.startsWith('unterminated dollar-quoted')) return 'End the text that begins here with the same dollar tag';
  if (message.startsWith('unterminated /* comment'))
    return 'Close the comment that begins here with */; comments nest, so each /* needs its own';
  if (message.startsWith('syntax error at end of input')) return 'Complete the last statement';
  if (message.endsWith('at or near ":"')) return 'Variables of psql (:name) are not known here: write the value itself';
  if (message.endsWith('at or near "`"')) return 'Quote names with double quotes: backticks belong to MySQL';
  if (/at or near "delimiter"$/i.test(message))
    return 'Take DELIMITER out: it belongs to MySQL; PostgreSQL quotes the body with $$';
  if (/at or near "[\u00A0\u200B\uFEFF]/.test(message)) {
    return 'An invisible character stands here (a no-break space, a BOM): take it out';
  }
  if (/stack depth|memory exhausted/.test(message))
    return 'Break the expression into smaller ones: it is nested too deep for the parser';
  return 'Correct the statement; it is read with the grammar of PostgreSQL 17';
}
