import type { EngineName } from '../../../core/manifest.ts';
import type { NamesRule } from './named.ts';

export const banDropColumn = <Engine extends EngineName>(engine: Engine): NamesRule<Engine> => ({
  id: 'ban-drop-column',
  engine,
  severity: 'caution',
  title: 'A column is dropped',
  why: 'Its data is gone, and code that runs during the deploy, or comes back by a rollback, fails.',
  safeWay: 'Drop it one deploy after the last code that uses it, with `-- migrate:allow ban-drop-column: why`.',
  find({ do: what, table, column }, { migration }) {
    if (what !== 'drop-column' || !migration.isLive(table ?? '')) return undefined;
    const subject = `${table}.${column}`;
    if (migration.hasMade('column', subject) || migration.swapsColumn(subject)) return undefined;
    return { subject, message: `The data of ${subject} is gone, and code that still uses it fails` };
  },
});
