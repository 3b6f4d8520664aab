/** A statement in its script, by offsets into the script's text. */
interface Cut {
  /** Of its first token. */
  readonly first: number;
  /** After what closes it. */
  readonly close: number;
  readonly leftOut: boolean;
}

/**
 * Cut a script at the ends of its statements, and after what stands between two of them that is neither theirs nor a comment: `strangers`
 * are the offsets at which such things end, in order. Byte lengths as `ScriptFacts.pieces` wants them: they sum up to the text's, negative
 * where the piece is left out.
 */
export function cut(text: string, statements: readonly Cut[], strangers: readonly number[]): number[] {
  const pieces: number[] = [];
  let at = 0;
  const take = (end: number, leftOut: boolean) => {
    const bytes = Buffer.byteLength(text.slice(at, end), 'utf8');
    at = end;
    if (bytes === 0) return;
    if (leftOut && (pieces.at(-1) ?? 1) < 0) pieces[pieces.length - 1]! -= bytes;
    else pieces.push(leftOut ? -bytes : bytes);
  };
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
