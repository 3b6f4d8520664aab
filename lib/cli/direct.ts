import { baselineFrom } from '../import/baseline-from.ts';
import { dump, readServer } from '../runner/dump.ts';
import { baseline, history, migrate, plan, resolve, revert, status, type WriteOptions } from '../runner/index.ts';
import { verify } from '../runner/verify.ts';
import type { Context } from './context.ts';
import { schemaOf } from './engine.ts';
import { unlessInterrupted } from './interrupted.ts';
import type { Values } from './options.ts';
import type { Action, Ask, Questions } from './questions.ts';

type Answers = {
  readonly [A in Action]: (fields: Questions[A]['fields']) => Promise<Questions[A]['answer']>;
};

/** Actions that heed the signal themselves: they end after the step they are at, and say what they did. */
const WRITES: readonly Action[] = ['migrate', 'revert'];

/** The answers of the runner, over a database that is open. */
export function direct(options: WriteOptions, values: Values, context: Context): Ask {
  const { database } = options;
  const counted = <T extends object>(answer: T) => ({ ...answer, dataApiCalls: database.calls });
  const answers: Answers = {
    status: () => status(options),
    plan: fields => plan({ ...options, ...fields }),
    history: async fields => counted({ attempts: await history({ ...options, ...fields }) }),
    migrate: () => migrate(options),
    revert: ({ to, steps = 1, dryRun = false }) =>
      revert({ ...options, what: to === undefined ? { steps } : { to }, dryRun }),
    baseline: fields =>
      'from' in fields ? baselineFrom(options, fields, baseline) : baseline({ ...options, to: fields.to }),
    resolve: async fields => counted({ migration: await resolve({ ...options, ...fields }) }),
    dump: async ({ grants = false, server = false }) => {
      const source = { database, schema: schemaOf(values) };
      const facts = server && { server: await readServer(source, options.engine) };
      return { ...(await dump({ ...source, grants })), ...facts };
    },
    verify: async () => verify({ ...options, schema: schemaOf(values) }),
  };
  return (action, fields) => {
    const answer = answers[action](fields);
    return WRITES.includes(action) ? answer : unlessInterrupted(context, answer);
  };
}
