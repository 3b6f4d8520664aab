import { jsonBytes } from '../lib/core/size.ts';

/**
 * A text of at most so many bytes as a JSON string, which is how CloudFormation counts: its middle is left out where it is longer. What a
 * database may put into a message and nobody can read (control characters, halves of surrogate pairs) is taken out; each would take six bytes.
 */
export function cutText(text: string, bytes: number): string {
  const clean = text.replace(/(?!\n)[\p{Cc}\p{Cs}]/gu, ' ');
  if (jsonBytes(clean) <= bytes) return clean;
  const characters = [...clean];
  let [low, high] = [0, characters.length];
  while (low < high) {
    const kept = (low + high + 1) >> 1;
    if (jsonBytes(without(characters, kept)) <= bytes) low = kept;
    else high = kept - 1;
  }
  return without(characters, low);
}

/** The first two thirds of what is kept, and the last third: errors tell what is wrong at their beginning, and where at their end. */
function without(characters: readonly string[], kept: number): string {
  const head = Math.ceil((kept * 2) / 3);
  return `${characters.slice(0, head).join('')} … ${characters.slice(characters.length - (kept - head)).join('')}`;
}
