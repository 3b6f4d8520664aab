/** Where messages quote a value, which may be one of a row; the quotes in it are not doubled. */
const VALUES = [
  /(?<=\bduplicate entry )'.*'(?= (?:for key|in table) ')/is,
  /(?<=\bincorrect .{1,40} value: )'.*'(?= for (?:column '|function )| \(error \d+\)$|$)/is,
  /(?<=\brecord )'.*'(?= would lead to a duplicate entry)/is,
  /(?<=^Cannot convert string )'.*'(?= from )/s,
  /(?<=^Invalid .{1,40} character string: )'.*'/s,
  /(?<=^Table has no partition for value ).+?(?= \(error \d+\)$|$)/s,
];

/** A message of the server without the values that it quotes: `Duplicate entry … for key 'users.email'`. */
export function withoutValues(message: string): string {
  return VALUES.reduce((text, value) => text.replace(value, '…'), message);
}
