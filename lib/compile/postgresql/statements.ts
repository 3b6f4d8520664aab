import type { Token } from './lexer.ts';
import type { ParsedStatement } from './parser.ts';
import type { ScannedScript } from './script.ts';
import { type StatementFacts, statementFacts } from './statement-facts.ts';

/** A statement in its script: offsets into the script's text. */
export interface Statement extends ParsedStatement {
  /** Offset of its first token. */
  readonly first: number;
  /** After its semicolon, or after its last token where it has none. */
  readonly close: number;
  /** Its tokens, without the semicolon. */
  readonly tokens: readonly Token[];
  readonly facts: StatementFacts;
}

/** Give each statement its tokens. Both lists are in order, so this is one walk. */
export function withTokens(parsed: readonly ParsedStatement[], { tokens, sql }: ScannedScript): Statement[] {
  let next = 0;
  return parsed.map(statement => {
    while (tokens[next]!.start < statement.start || sql[tokens[next]!.start] === ';') next++;
    const from = next;
    while (next < tokens.length && tokens[next]!.start < statement.end) next++;
    const own = tokens.slice(from, next);
    const last = own.at(-1)!;
    const close = sql[statement.end] === ';' ? statement.end + 1 : last.end;
    return { ...statement, first: own[0]!.start, close, tokens: own, facts: statementFacts(statement.node) };
  });
}

/** Ends of the semicolons that end no statement and of the commands of psql, in order: no comments of the statement after them. */
export function strangerEnds(statements: readonly Statement[], { tokens, sql, commands }: ScannedScript): number[] {
  const ends = commands.map(command => command.end);
  let next = 0;
  for (const token of tokens) {
    while (next < statements.length && statements[next]!.close <= token.start) next++;
    const inside = next < statements.length && token.start >= statements[next]!.first;
    if (!inside && sql[token.start] === ';') ends.push(token.end);
  }
  return ends.sort((a, b) => a - b);
}
