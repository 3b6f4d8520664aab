import { dropsMigrated } from '../../core/database-use.ts';
import type { DatabaseUse } from '../../core/manifest.ts';
import type { Head } from '../../engine/mysql/statement/statement-kind.ts';
import { nameAt, type Word } from '../../engine/mysql/statement/words.ts';
import type { Section } from '../grammar.ts';

/** A statement, and the offset of its first token in the section. */
interface Placed {
  readonly words: readonly Word[];
  readonly head: Head;
  readonly first: number;
}

/** What a section does with whole databases. */
export interface Databases {
  /** Statements that only make or choose the migrated database, which is there and chosen. */
  readonly leftOut: ReadonlySet<Placed>;
  /** What a run compares with the name of the database that it migrates, before its first statement. */
  readonly uses: readonly DatabaseUse[];
}

/** Reads USE, CREATE DATABASE and DROP DATABASE. What must not be, and what is left out, is reported to the source of the section. */
export function readDatabases(section: Section, statements: readonly Placed[]): Databases {
  const { source, from, tracking } = section;
  const chosen = new Set(statements.flatMap(({ words }) => usedDatabase(words) ?? []).map(lowered));
  const known = tracking.database?.toLowerCase();
  // A file that chooses one database means the one that it is applied to; which one that is, only a run knows.
  const own = known ?? (chosen.size === 1 ? [...chosen][0] : undefined);
  const leftOut = new Set<Placed>();
  const uses: DatabaseUse[] = [];
  for (const statement of statements) {
    const { words, head, first } = statement;
    const used = usedDatabase(words);
    const name = used ?? (head.what === 'database' ? head.objects[0]?.name : undefined);
    if (name === undefined) continue;
    const isOwn = lowered(name) === own;
    const line = source.line(from + first);
    if (head.verb === 'drop') {
      const isTracking = lowered(name) === tracking.schema.toLowerCase();
      const refused = {
        ...dropsMigrated(name),
        ...(!isOwn && { message: `DROP DATABASE ${name} drops the tracking tables` }),
      };
      if (isOwn || isTracking) source.error(refused.code, from + first, refused.message, refused.remedy);
      else uses.push({ use: 'drops', name, line });
    } else if (isOwn && (used !== undefined || head.verb === 'create')) {
      leftOut.add(statement);
      if (!uses.some(one => one.use === 'is')) uses.push({ use: 'is', name, line });
      const statementName = used !== undefined ? 'USE' : 'CREATE DATABASE';
      source.warn('own-database', from + first, `${statementName} ${name} is left out: ${why(known)}`, 'Take it out');
    }
  }
  return { leftOut, uses };
}

function why(known: string | undefined): string {
  const always = 'a migration works in the database that it is applied to';
  return known === undefined ? `${always}; a run on another one stops before its first statement` : always;
}

function usedDatabase(words: readonly Word[]): string | undefined {
  return words[0]?.sign === 'use' ? nameAt(words, 1)?.name : undefined;
}

function lowered(name: string): string {
  return name.toLowerCase();
}
