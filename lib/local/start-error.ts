/** The local Data API could not start: what is wrong in one line, and what the reader can do about it. */
export class StartError extends Error {
  override readonly name = 'StartError';
  /** One sentence in the imperative. */
  readonly remedy: string;

  constructor(message: string, remedy: string, options?: { cause?: unknown }) {
    super(message.split('\n')[0], options);
    this.remedy = remedy;
  }
}

/** The code of a Node.js system error (`EACCES`, `ENOENT`, …), or undefined. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}
