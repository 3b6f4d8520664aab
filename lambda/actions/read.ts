import { guarded } from '../../lib/runner/guarded.ts';
import { action } from './action.ts';
import { NUMBER, TEXTS } from './fields.ts';
import { partOf } from './pages.ts';

/**
 * What the engine reads for a plan, as it reads it, and what the construct was told: the command line makes the plan of another folder of
 * it. Maps come as lists of their entries; of a very long text a part, further ones with `from`.
 */
export default action({
  fields: {
    of: {
      kind: [
        'readHistory',
        'readFacts',
        'readUnfinished',
        'readLatest',
        'isEmpty',
        'databaseName',
        'activity',
        'readApplied',
      ],
      needed: true,
    },
    names: TEXTS,
    from: NUMBER,
  },
  run: async ({ database, engine, environment }, { of, names = [], from = 0 }) => {
    const { hook, database: name, tracking, plan } = environment;
    const value = await guarded(engine.diagnostics, async () =>
      ({ ...engine.store, ...engine.diagnostics })[of]?.(database, (of === 'readHistory' ? hook : names) as never),
    );
    const told = { engine: engine.name, database: name, ...tracking, ...plan };
    const text = JSON.stringify({ value, told }, (_, one) => (one instanceof Map ? [...one] : one));
    const { part, ...rest } = partOf(text.match(/.{1,9999}/gs)!, from);
    return { text: part.join(''), dataApiCalls: database.calls, ...rest };
  },
});
