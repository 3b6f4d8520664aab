import type { EngineName } from '../../../core/manifest.ts';
import type { NamesRule } from './named.ts';

export const banDropView = <Engine extends EngineName>(engine: Engine): NamesRule<Engine> => ({
  id: 'ban-drop-view',
  engine,
  severity: 'caution',
  title: 'A view is dropped',
  why: 'Code that runs during the deploy, or comes back by a rollback, fails.',
  safeWay: 'Drop it one deploy after the last code that uses it.',
  find({ do: what, kind, name, ifExists }, { schema, migration }) {
    if (what !== 'drop' || kind !== 'view' || !name) return undefined;
    if (migration.hasMade('view', name) || migration.makesAgain(name)) return undefined;
    if (ifExists && !schema.views.has(name)) return undefined;
    return { subject: name, message: `Code that still uses ${name} fails` };
  },
});
