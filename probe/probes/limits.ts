import { NAME, SCHEMA } from '../place.ts';
import { begin, type Engine, execute, type Probe, rollback, type Step } from '../step.ts';

const TABLE = `${SCHEMA}.${NAME}large`;

const padded = (length: number) => 'select 1 -- '.padEnd(length, 'x');

const tooLong: readonly Step[] = [
  execute(padded(65_536)),
  execute(padded(65_537), { see: ({ error }) => error?.name ?? 'accepted' }),
  execute('select length(:x)', {
    parameters: [{ name: 'x', value: { stringValue: 'x'.repeat(4 * 1024 * 1024) } }],
    see: ({ error }) => (error ? 'refused' : 'accepted'),
  }),
];

const limits = (engine: Engine, steps: readonly Step[]): Probe => ({
  number: 10,
  title: 'limits of size',
  engines: [engine],
  steps: [...tooLong, ...steps],
  settles: engine === 'mysql' ? [] : ['a transaction outlives an answer over the limit'],
});

export const LIMITS: readonly Probe[] = [
  limits('postgresql', [
    execute(`create table ${TABLE} (id int, content text)`),
    execute(`insert into ${TABLE} select 1, repeat('x', 1100000) returning content`),
    execute(`select count(*)::int from ${TABLE} where id = 1`),
    begin('a'),
    execute(`insert into ${TABLE} select 2, repeat('x', 1100000) returning content`, { in: 'a' }),
    execute('select 1', { in: 'a', as: 'afterTooLarge' }),
    rollback('a'),
  ]),
  limits('mysql', [
    begin('a'),
    execute("select repeat('x', 1100000)", { in: 'a' }),
    execute('select 1', { in: 'a', as: 'afterTooLarge' }),
    rollback('a'),
  ]),
];
