import type { EngineName } from '../../../core/manifest.ts';
import { isVersionRow } from '../version-row.ts';
import type { NamesRule } from './named.ts';

/** `why`: what it costs the engine. `until`: what has ended when the locks are released. */
export const changeOfAllRows = <Engine extends EngineName>(
  engine: Engine,
  { why, until }: { why: string; until: string },
): NamesRule<Engine> => ({
  id: 'change-of-all-rows',
  engine,
  severity: 'caution',
  title: 'All rows are changed in one statement',
  why,
  safeWay: 'Change the rows in batches, each in a transaction of its own.',
  find({ do: what, table, verb, all, columns }, { migration }) {
    if (what !== 'change-rows' || !all || !table || !migration.isFilled(table)) return undefined;
    if (verb === 'UPDATE' && isVersionRow(table, columns)) return undefined;
    return { subject: table, message: `${verb} locks all rows of ${table} until the ${until} ends` };
  },
});
