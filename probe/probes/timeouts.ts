import { firstValue, type Outcome } from '../outcome.ts';
import {
  begin,
  commit,
  type Engine,
  type ExecuteStep,
  execute,
  type Probe,
  rollback,
  type Seconds,
  type Step,
} from '../step.ts';

/** A statement that lasts so long, and has a column that every service returns. */
const sleeping = (engine: Engine, duration: number) => (seconds: Seconds) =>
  engine === 'mysql' ? `select sleep(${seconds(duration)})` : `select pg_sleep(${seconds(duration)})::text`;

const connection = (engine: Engine) =>
  engine === 'mysql' ? 'select cast(connection_id() as char)' : 'select pg_backend_pid()::text';

/** Whether an error names the database session that a former call has shown. */
const sameSession = ({ error }: Outcome, earlier: ReadonlyMap<string, Outcome>) => {
  if (!error) return 'no error';
  const session = firstValue(earlier.get('session'));
  return `${error.name}, dbConnectionId ${String(error.dbConnectionId) === session ? 'is' : 'is not'} the session's`;
};

/** Seconds: well above the 45 of a call, so that on fast clocks too the call ends first. */
const LONG = 120;

const ENGINES: readonly Engine[] = ['postgresql', 'mysql'];

/** What becomes of a statement that outlasts a call. */
const outlasting = (engine: Engine, continues: boolean): Probe => {
  const more = continues ? { continueAfterTimeout: true } : {};
  const inside: readonly Step[] = [
    begin('a'),
    execute(connection(engine), { in: 'a', as: 'session', varies: true }),
    execute(sleeping(engine, LONG), { in: 'a', see: sameSession, ...more }),
    ...(continues ? [{ call: 'wait', seconds: 140 } as const] : []),
    execute('select 1', { in: 'a' }),
    rollback('a'),
  ];
  return {
    number: 1,
    title: `a statement of two minutes ${continues ? 'with' : 'without'} continueAfterTimeout`,
    engines: [engine],
    kind: 'waits',
    steps: [execute(sleeping(engine, LONG), more), ...inside],
    settles: ['text of `StatementTimeoutException`', '`dbConnectionId`'],
  };
};

/** What counts as use of a transaction. */
const idle = (title: string, settles: string[], ...steps: readonly Step[]): Probe => ({
  number: 11,
  title,
  engines: ENGINES,
  kind: 'waits',
  steps: [begin('a'), execute('select 1', { in: 'a' }), ...steps],
  settles,
});

/** A statement of five minutes keeps the transaction, and calls that are refused meanwhile, or nothing does. */
const running = (engine: Engine, pings: number): Probe => {
  const long: ExecuteStep = execute(sleeping(engine, 300), {
    in: 'a',
    as: 'long',
    background: true,
    continueAfterTimeout: true,
  });
  const ping: readonly Step[] = [{ call: 'wait', seconds: 100 }, execute('select 1', { in: 'a' })];
  return {
    number: 11,
    title: `a statement of five minutes in a transaction${pings > 0 ? ', with calls that are refused meanwhile' : ''}`,
    engines: [engine],
    kind: 'waits',
    steps: [
      begin('a'),
      long,
      ...Array.from({ length: pings }, () => ping).flat(),
      { call: 'wait', seconds: 360 - 100 * pings },
      { call: 'wait-for', as: 'long' },
      execute('select 1', { in: 'a', as: pings > 0 ? 'afterPinged' : 'afterRunning' }),
      rollback('a'),
    ],
    settles: pings > 0 ? [] : ['the idle minutes pass while a statement runs'],
  };
};

export const TIMEOUTS: readonly Probe[] = [
  ...ENGINES.flatMap(engine => [outlasting(engine, false), outlasting(engine, true)]),
  idle('a statement after 181 idle seconds', [], { call: 'wait', seconds: 181 }, execute('select 2', { in: 'a' })),
  idle('a commit after 181 idle seconds', [], { call: 'wait', seconds: 181 }, commit('a')),
  idle('a rollback after 181 idle seconds', [], { call: 'wait', seconds: 181 }, rollback('a')),
  ...ENGINES.flatMap(engine => [running(engine, 0), running(engine, 2)]),
];
