import { type Gist, gistOf } from './gist.ts';
import type { Token } from './lexer.ts';
import type { ParsedStatement } from './parser.ts';
import type { ScannedScript } from './script.ts';

/** A statement in its script: offsets into the script's text. */
export interface Statement extends ParsedStatement {
  /** Offset of its first token. */
  readonly first: number;
  /** After its semicolon, or after its last token where it has none. */
  readonly close: number;
  /** Its tokens, without the semicolon. */
  readonly tokens: readonly Token[];
  readonly gist: Gist;
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
    return { ...statement, first: own[0]!.start, close, tokens: own, gist: gistOf(statement.node) };
  });
}

/**
 * Cut a script at the ends of its statements, and after what stands between two of them that is neither theirs nor a comment. Byte lengths
 * as `ScriptFacts.pieces` wants them: they sum up to the text's, negative where the piece is left out.
 */
export function cut(
  text: string,
  statements: readonly (Statement & { readonly leftOut: boolean })[],
  scanned: ScannedScript,
): number[] {
  const pieces: number[] = [];
  let at = 0;
  const take = (end: number, leftOut: boolean) => {
    const bytes = Buffer.byteLength(text.slice(at, end), 'utf8');
    at = end;
    if (bytes === 0) return;
    if (leftOut && (pieces.at(-1) ?? 1) < 0) pieces[pieces.length - 1]! -= bytes;
    else pieces.push(leftOut ? -bytes : bytes);
  };
  // Empty statements and commands of psql are not comments of the statement after them.
  const strangers = strangerEnds(statements, scanned);
  let stranger = 0;
  for (const statement of statements) {
    let end = at;
    for (; stranger < strangers.length && strangers[stranger]! <= statement.first; stranger++)
      end = strangers[stranger]!;
    if (end > at) take(end, true);
    take(statement.close, statement.leftOut);
  }
  take(text.length, true);
  return pieces;
}

/** Ends of the semicolons that end no statement and of the commands of psql, in order. */
function strangerEnds(statements: readonly Statement[], { tokens, sql, commands }: ScannedScript): number[] {
  const ends = commands.map(command => command.end);
  let next = 0;
  for (const token of tokens) {
    while (next < statements.length && statements[next]!.close <= token.start) next++;
    const inside = next < statements.length && token.start >= statements[next]!.first;
    if (!inside && sql[token.start] === ';') ends.push(token.end);
  }
  return ends.sort((a, b) => a - b);
}
