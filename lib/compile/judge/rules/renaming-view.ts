import type { EngineName } from '../../../core/manifest.ts';
import type { NamesRule } from './named.ts';

export const renamingView = <Engine extends EngineName>(engine: Engine): NamesRule<Engine> => ({
  id: 'renaming-view',
  engine,
  severity: 'danger',
  title: 'A view is renamed',
  why: 'Code that runs during the deploy, or comes back by a rollback, uses the old name and fails.',
  safeWay: 'Make a view with the new name, switch the code, drop the old view later.',
  find({ do: what, kind, from }, { schema, migration }) {
    // Both engines rename a view with the statement for tables too.
    const isView = kind === 'view' || (kind === 'table' && schema.views.has(from ?? ''));
    if (what !== 'rename' || !isView || from === undefined) return undefined;
    if (migration.hasMade('view', from) || migration.makesAgain(from)) return undefined;
    return { subject: from, message: `Code that uses ${from} fails from here on` };
  },
});
