import { NAME, SCHEMA } from '../place.ts';
import { begin, commit, execute, type Probe, rollback } from '../step.ts';

const table = (name: string) => `${SCHEMA}.${NAME}${name}`;

export const TRANSACTIONS: readonly Probe[] = [
  {
    number: 3,
    title: 'DDL in a transaction of MySQL',
    engines: ['mysql'],
    steps: [
      execute(`create table ${table('ddl')} (id int)`),
      ...['rollback' as const, 'commit' as const].flatMap(call => [
        begin('a'),
        execute(`insert into ${table('ddl')} values (1)`, { in: 'a' }),
        execute(`create table ${table(`ddl_${call}`)} (id int)`, { in: 'a' }),
        execute(`insert into ${table('ddl')} values (2)`, { in: 'a', as: 'afterDdl' }),
        { call, in: 'a' },
        execute(`select id from ${table('ddl')} order by id`),
      ]),
      begin('a'),
      execute(`insert into ${table('ddl')} values (3)`, { in: 'a' }),
      execute('commit and chain', { in: 'a', as: 'chain' }),
      rollback('a'),
    ],
    settles: ["a transaction's id after DDL"],
  },
  {
    number: 7,
    title: 'what PostgreSQL refuses in a transaction, without one',
    engines: ['postgresql'],
    steps: [
      execute(`create table ${table('plain')} (id int)`),
      execute(`create index concurrently ${NAME}index on ${table('plain')} (id)`),
      execute(`reindex index concurrently ${SCHEMA}.${NAME}index`),
      execute(`vacuum ${table('plain')}`),
      execute(`create type ${table('kind')} as enum ('a')`),
      execute(`alter type ${table('kind')} add value 'b'`),
    ],
    settles: [],
  },
  {
    number: 8,
    title: 'a commit after an error',
    engines: ['postgresql', 'mysql'],
    steps: [
      execute(`create table ${table('failed')} (id int primary key)`),
      begin('a'),
      execute(`insert into ${table('failed')} values (1)`, { in: 'a' }),
      execute(`insert into ${table('failed')} values (1)`, { in: 'a', as: 'duplicate' }),
      execute('select 1', { in: 'a' }),
      commit('a', { as: 'commitAfterError' }),
      rollback('a'),
      execute(`select id from ${table('failed')}`),
    ],
    settles: ['Commit after a failed statement'],
  },
  {
    number: 12,
    title: 'a second commit',
    engines: ['postgresql', 'mysql'],
    steps: [begin('a'), commit('a'), commit('a'), execute('select 1', { in: 'a' }), rollback('a')],
    settles: [],
  },
];
