import { nameAt, type QualifiedName, type Word } from '../../../engine/mysql/statement/words.ts';
import { textOf } from '../session.ts';

/** Words of a statement with the text that they stand in, as a reader walks through them. */
export class Clause {
  readonly words: readonly Word[];
  readonly #text: string;

  constructor(words: readonly Word[], text: string) {
    this.words = words;
    this.#text = text;
  }

  sign(at: number): string {
    return this.words[at]?.sign ?? '';
  }

  /** Whether these words stand at a place. */
  has(at: number, ...signs: readonly string[]): boolean {
    return signs.every((sign, offset) => this.sign(at + offset) === sign);
  }

  /** The name that stands at a place, without what qualifies it. */
  name(at: number): string {
    return this.words[at]?.name ?? '';
  }

  /** The name of a table, which its database may stand before. */
  table(at: number): QualifiedName | undefined {
    return nameAt(this.words, at);
  }

  /** The value at a place without its quotes: a character set may be written as `utf8mb4`, 'utf8mb4' or utf8mb4. */
  value(at: number): string {
    const { name, token } = this.words[at] ?? {};
    if (name !== undefined) return name;
    return token === undefined ? '' : this.#text.slice(token.start, token.end).replace(/^(['"])(.*)\1$/s, '$2');
  }

  /** The place of the first of these words outside of brackets, from a place on; -1 where there is none. */
  find(from: number, ...signs: readonly string[]): number {
    for (let at = from; at < this.words.length; at = this.sign(at) === '(' ? this.afterGroup(at) : at + 1)
      if (this.has(at, ...signs)) return at;
    return -1;
  }

  /** The place behind the bracket that closes the one at a place. */
  afterGroup(at: number): number {
    let depth = 0;
    for (let next = at; next < this.words.length; next++) {
      if (this.sign(next) === '(') depth++;
      if (this.sign(next) === ')' && --depth === 0) return next + 1;
    }
    return this.words.length;
  }

  /** What stands between the brackets that open at a place. */
  group(at: number): Clause {
    return this.slice(at + 1, this.afterGroup(at) - 1);
  }

  /** Other words of the same text. */
  with(words: readonly Word[]): Clause {
    return new Clause(words, this.#text);
  }

  slice(from: number, to?: number): Clause {
    return this.with(this.words.slice(from, to));
  }

  /** As it is written, without comments. */
  get sql(): string {
    return textOf(this.#text, this.words);
  }
}
