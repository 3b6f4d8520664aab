import type { Word } from './words.ts';

/** A column, index or constraint that a statement makes or takes away. */
export interface Part {
  readonly how: 'column' | 'index' | 'constraint';
  readonly name: string;
  readonly drops: boolean;
}

/** The parts of an ALTER TABLE all of whose clauses ADD or DROP something that has a name; undefined: it is of another kind. */
export function alteredParts(clauses: readonly (readonly Word[])[]): Part[] | undefined {
  const parts = clauses.map(clause => partOf(clause));
  return parts.every(part => part !== undefined) ? parts : undefined;
}

function partOf(clause: readonly Word[]): Part | undefined {
  const signs = clause.map(({ sign }) => sign);
  const drops = signs[0] === 'drop';
  if (!drops && signs[0] !== 'add') return undefined;
  const place = kindAt(signs, drops);
  if (!place) return undefined;
  const { how, at } = place;
  const name = clause[at]?.name;
  if (name === undefined || signs[at] === '(') return undefined;
  if (how === 'constraint' && /^(foreign|unique|primary|check)$/.test(signs[at]!)) return undefined;
  return { how, name, drops };
}

/** Which kind of part a clause is about, and where its name stands. */
function kindAt(signs: readonly string[], drops: boolean): { how: Part['how']; at: number } | undefined {
  switch (signs[1]) {
    case 'constraint':
      return { how: 'constraint', at: 2 };
    case 'check':
      return drops ? { how: 'constraint', at: 2 } : undefined;
    case 'foreign':
      return drops ? { how: 'constraint', at: 3 } : undefined;
    case 'primary':
    case 'partition':
      return undefined;
    case 'unique':
    case 'fulltext':
    case 'spatial':
      return { how: 'index', at: /^(index|key)$/.test(signs[2] ?? '') ? 3 : 2 };
    case 'index':
    case 'key':
      return { how: 'index', at: 2 };
    case 'column':
      return { how: 'column', at: 2 };
    default:
      return { how: 'column', at: 1 };
  }
}
