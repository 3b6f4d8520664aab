import type { SafetyRule } from '../../../core/safety.ts';
import { lex, type Token } from '../lexer.ts';

/** Found from the tokens: in the parse tree the name is cut already. */
export const identifierTooLong: SafetyRule = {
  id: 'identifier-too-long',
  engine: 'postgresql',
  severity: 'caution',
  title: 'A name has more than 63 bytes',
  why: 'PostgreSQL cuts it silently, so that two names may become one.',
  safeWay: 'Write a shorter name.',
};

const LONGEST = 63;

/** The names of a section that PostgreSQL cuts, each once. */
export function longIdentifiers(text: string): { readonly name: string; readonly offset: number }[] {
  const found = new Map<string, number>();
  for (const token of lex(text)) {
    const name = nameOf(token, text);
    if (name !== undefined && Buffer.byteLength(name) > LONGEST && !found.has(name)) found.set(name, token.start);
  }
  return [...found].map(([name, offset]) => ({ name, offset }));
}

function nameOf({ kind, start, end }: Token, text: string): string | undefined {
  if (kind === 'word') return text.slice(start, end);
  if (kind !== 'quoted' || text[start] !== '"') return undefined;
  return text.slice(start + 1, end - 1).replaceAll('""', '"');
}
