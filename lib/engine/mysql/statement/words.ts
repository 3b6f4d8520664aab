import type { Token } from './lexer.ts';
import { type Statement, signOf } from './script.ts';

/** A token of a statement as one reads it: brackets of version comments and hints left out. */
export interface Word {
  /** Lower-cased word, or sign; `'` for strings, quoted names and the like. */
  readonly sign: string;
  /** As an identifier, unquoted; undefined where it cannot be one. */
  readonly name: string | undefined;
  readonly token: Token;
}

export function wordsOf(text: string, { tokens }: Statement): Word[] {
  const words: Word[] = [];
  for (const token of tokens) {
    if (token.kind === 'open' || token.kind === 'close' || token.kind === 'hint') continue;
    const raw = () => text.slice(token.start, token.end);
    const name =
      token.kind === 'word' ? raw() : token.kind === 'quoted' ? raw().slice(1, -1).replaceAll('``', '`') : undefined;
    words.push({ sign: signOf(text, token), name, token });
  }
  return words;
}

/** A name with the database before it, where that was written. */
export interface QualifiedName {
  readonly schema: string | null;
  readonly name: string;
  /** The place after it. */
  readonly next: number;
}

/** The name that stands at a place. */
export function nameAt(words: readonly Word[], at: number): QualifiedName | undefined {
  const first = words[at]?.name;
  if (first === undefined) return undefined;
  const second = words[at + 1]?.sign === '.' ? words[at + 2]?.name : undefined;
  return second === undefined
    ? { schema: null, name: first, next: at + 1 }
    : { schema: first, name: second, next: at + 3 };
}

/** Names with commas between. */
export function namesAt(words: readonly Word[], at: number): QualifiedName[] {
  const names: QualifiedName[] = [];
  for (let next = at; ; next++) {
    const name = nameAt(words, next);
    if (!name) return names;
    names.push(name);
    next = name.next;
    if (words[next]?.sign !== ',') return names;
  }
}

/** Whether these words stand at a place. */
export function stands(words: readonly Word[], at: number, ...signs: readonly string[]): boolean {
  return signs.every((sign, offset) => words[at + offset]?.sign === sign);
}

/** After `IF [NOT] EXISTS`, where that stands at a place. */
export function afterIfExists(words: readonly Word[], at: number): { at: number; written: boolean } {
  if (stands(words, at, 'if', 'exists')) return { at: at + 2, written: true };
  if (stands(words, at, 'if', 'not', 'exists')) return { at: at + 3, written: true };
  return { at, written: false };
}

/** What stands between the commas outside of brackets, from a place on: the clauses of an ALTER TABLE. */
export function clausesOf(words: readonly Word[], from: number): Word[][] {
  const clauses: Word[][] = [[]];
  let depth = 0;
  for (const word of words.slice(from)) {
    if (word.sign === '(') depth++;
    if (word.sign === ')') depth--;
    if (word.sign === ',' && depth === 0) clauses.push([]);
    else clauses.at(-1)!.push(word);
  }
  return clauses.filter(clause => clause.length > 0);
}
