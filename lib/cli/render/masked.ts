/**
 * The text without the passwords of URLs in it. The greedy part reaches the last `@` of a word, so that a password with an `@` or a `/`
 * that somebody forgot to encode does not show its tail.
 */
export function masked(text: string): string {
  return text
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/[^\s:/@"'`]*):[^\s"'`]*@/gi, '$1:***@')
    .replace(/([?&](?:password|sslpassword)=)[^\s&"'`]*/gi, '$1***');
}
