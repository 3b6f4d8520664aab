import type { EngineName } from '../../../core/manifest.ts';
import type { NamesRule } from './named.ts';

/** `quote`: writes a name as the engine must read it. */
export const renamingTable = <Engine extends EngineName>(
  engine: Engine,
  quote: (name: string) => string,
): NamesRule<Engine> => ({
  id: 'renaming-table',
  engine,
  severity: 'danger',
  title: 'A table is renamed',
  why: 'Code that runs during the deploy, or comes back by a rollback, uses the old name and fails.',
  safeWay: 'Rename it and make a view under the old name in the same migration; drop the view when no code uses it.',
  find({ do: what, kind, from, to }, { schema, migration }) {
    if (what !== 'rename' || kind !== 'table' || from === undefined || typeof to !== 'string') return undefined;
    if (schema.views.has(from) || !migration.isLive(from) || migration.makesAgain(from)) return undefined;
    const safeWay = to.includes('.')
      ? [`-- then, in the old schema: CREATE VIEW ${quote(from)} AS SELECT * FROM ${to};`]
      : [
          `ALTER TABLE ${quote(from)} RENAME TO ${quote(to)};`,
          `CREATE VIEW ${quote(from)} AS SELECT * FROM ${quote(to)};  -- drop it when no code uses it`,
        ];
    return { subject: from, message: `Code that uses ${from} fails from here on`, safeWay };
  },
});
