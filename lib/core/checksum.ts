import { createHash } from 'node:crypto';

/** SHA-256 of a text as UTF-8 without a BOM and with LF line ends, hex: what `sha256sum` prints for the file on Unix. */
export function textChecksum(text: string): string {
  return sha256(unixText(text));
}

/**
 * SHA-256 over statements given as their tokens, hex: comments and white space between tokens do not count, all else does (keyword case
 * included: only the server knows where case has no meaning). Each token goes in with its length before it, so that no two lists of tokens
 * make the same bytes; a statement ends with a mark that no token begins with.
 */
export function tokensChecksum(statements: Iterable<Iterable<string>>): string {
  const hash = createHash('sha256');
  let pending = '';
  for (const tokens of statements) {
    for (const token of tokens) {
      const text = token.includes('\r') ? token.replaceAll('\r\n', '\n') : token;
      pending += `${text.length}:${text}`;
      if (pending.length > 1 << 16) {
        hash.update(pending, 'utf8');
        pending = '';
      }
    }
    pending += ';';
  }
  return hash.update(pending, 'utf8').digest('hex');
}

/** A statement's checksum where thousands are stored: 48 bits of `tokensChecksum` in eight characters. */
export function statementSum(tokens: Iterable<string>): string {
  return Buffer.from(tokensChecksum([tokens]).slice(0, 12), 'hex').toString('base64url');
}

/**
 * The chained checksums of a script's statements: of none of them, of the first, of the first two, … Two scripts have the same one where their
 * statements so far are the same.
 */
export function chainedChecksums(statements: readonly string[]): string[] {
  const chain = [''];
  for (const checksum of statements) chain.push(sha256(chain.at(-1)! + checksum).slice(0, 16));
  return chain;
}

export function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Without a BOM, line ends LF. */
function unixText(text: string): string {
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return bare.includes('\r') ? bare.replaceAll('\r\n', '\n') : bare;
}
