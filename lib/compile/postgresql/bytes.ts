/** One mark every so many UTF-16 units: a look-up then walks at most this far. */
const STRIDE = 1024;

/** Offsets of a text in UTF-8 bytes, as the parser counts, and in UTF-16 units, as JavaScript does. */
export class Bytes {
  readonly #text: string;
  /** Byte offset of each stride of the text; null: ASCII only, both counts are one. */
  readonly #marks: readonly number[] | null;

  constructor(text: string) {
    this.#text = text;
    if (Buffer.byteLength(text, 'utf8') === text.length) {
      this.#marks = null;
      return;
    }
    const marks: number[] = [];
    let bytes = 0;
    for (let at = 0; at < text.length; at++) {
      if (at % STRIDE === 0) marks.push(bytes);
      bytes += width(text.charCodeAt(at));
    }
    this.#marks = marks;
  }

  /** The UTF-16 offset of a byte offset that stands between two characters. */
  offset(byte: number): number {
    if (this.#marks === null) return Math.min(byte, this.#text.length);
    let [low, high] = [0, this.#marks.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#marks[middle]! <= byte) low = middle;
      else high = middle - 1;
    }
    let at = low * STRIDE;
    for (let bytes = this.#marks[low]!; bytes < byte && at < this.#text.length; at++) {
      bytes += width(this.#text.charCodeAt(at));
    }
    return at;
  }
}

/** Bytes that a UTF-16 unit adds in UTF-8; the four of a pair are shared by its halves. */
function width(unit: number): number {
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return (unit & 0xf800) === 0xd800 ? 2 : 3;
}
