import type { EngineName } from '../../../core/manifest.ts';
import type { NamesRule } from './named.ts';

export const banDropDatabase = <Engine extends EngineName>(engine: Engine): NamesRule<Engine> => ({
  id: 'ban-drop-database',
  engine,
  severity: 'danger',
  title: 'A database is dropped',
  why: 'Everything in it is gone.',
  safeWay: 'Drop it by hand, where somebody looks at what it holds.',
  find({ do: what, kind, name }) {
    if (what !== 'drop' || kind !== 'database') return undefined;
    return { subject: name ?? '', message: `Everything in database ${name} is gone` };
  },
});
