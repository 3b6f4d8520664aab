import type { EngineName } from '../../../core/manifest.ts';
import type { NamesRule } from './named.ts';

export const banDropTable = <Engine extends EngineName>(engine: Engine): NamesRule<Engine> => ({
  id: 'ban-drop-table',
  engine,
  severity: 'caution',
  title: 'A table is dropped',
  why: 'Its data is gone, and code that runs during the deploy, or comes back by a rollback, fails.',
  safeWay: 'Drop it one deploy after the last code that uses it, with `-- migrate:allow ban-drop-table: why`.',
  find({ do: what, kind, name, ifExists }, { schema, migration }) {
    if (what !== 'drop' || kind !== 'table' || !name) return undefined;
    if (!migration.isLive(name) || migration.isReplaced(name) || migration.makesAgain(name)) return undefined;
    const stranger = ifExists && !schema.tables.has(name);
    if (stranger)
      return {
        subject: name,
        severity: 'note',
        message: `${name} is dropped if it exists; no migration of this folder makes it`,
      };
    return { subject: name, message: `The data of ${name} is gone, and code that still uses it fails` };
  },
});
