import type { EngineName } from '../../../core/manifest.ts';
import type { NamesRule } from './named.ts';

export const renamingColumn = <Engine extends EngineName>(engine: Engine): NamesRule<Engine> => ({
  id: 'renaming-column',
  engine,
  severity: 'danger',
  title: 'A column is renamed',
  why: 'Code that runs during the deploy, or comes back by a rollback, uses the old name and fails.',
  safeWay: 'Add a column with the new name, write both, copy the rows, switch the code, drop the old column later.',
  find({ do: what, kind, table, from }, { migration }) {
    if (what !== 'rename' || kind !== 'column' || !migration.isLive(table ?? '')) return undefined;
    const subject = `${table}.${from}`;
    if (migration.hasMade('column', subject) || migration.hasMade('view', table ?? '')) return undefined;
    if (migration.swapsColumn(subject)) return undefined;
    return {
      subject,
      message: `Code that uses ${subject} fails from here on`,
      safeWay: ['-- ADD COLUMN, write both, copy in batches, switch the code, drop the old column'],
    };
  },
});
