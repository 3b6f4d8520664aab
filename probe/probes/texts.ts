import { NAME, SCHEMA } from '../place.ts';
import { begin, execute, type Probe, rollback } from '../step.ts';

const table = (name: string) => `${SCHEMA}.${NAME}${name}`;

/** Texts of errors, and what can be sent at all. */
export const TEXTS: readonly Probe[] = [
  {
    number: 2,
    title: 'texts of errors of MySQL',
    engines: ['mysql'],
    steps: [
      execute(`create table ${table('parent')} (id int primary key)`),
      execute(`create table ${table('parent')} (id int)`, { as: 'duplicateTable' }),
      execute(`create table ${table('child')} (parent int, foreign key (parent) references ${table('parent')} (id))`),
      execute(`select nothing from ${table('parent')}`),
      execute(`selekt 1`),
      execute(`insert into ${table('child')} values (1)`),
      ...deadlock(),
    ],
    settles: ['wording of all other errors'],
  },
  {
    number: 4,
    title: 'statements that MySQL does not prepare',
    engines: ['mysql'],
    steps: [
      execute(`create table ${table('watched')} (id int)`),
      execute(`create trigger ${table('trigger')} before insert on ${table('watched')} for each row set new.id = 2`, {
        as: 'trigger',
      }),
      execute(`create procedure ${table('procedure')}() select 1 as one`, { as: 'procedure' }),
      execute(`call ${table('procedure')}()`, { as: 'call' }),
      execute(`drop procedure if exists ${table('procedure')}`),
      // Of what does not exist: the error says whether they were prepared, and no session is left with them.
      execute(`use ${SCHEMA}_missing`),
      execute(`lock tables ${table('missing')} read`),
    ],
    settles: ['what cannot be prepared', 'rows of a `CALL`'],
  },
  {
    number: 9,
    title: 'quotes without an end',
    engines: ['postgresql', 'mysql'],
    steps: [execute("select 'without an end"), execute('select $$without an end', { as: 'dollar' })],
    settles: ['without cause, for an unterminated dollar quote'],
  },
  {
    number: 15,
    title: 'several statements in a call, and none',
    engines: ['postgresql', 'mysql'],
    steps: ['select 1; select 2', 'select 1;', 'select 1; -- c', ';', ''].map(sql => execute(sql)),
    settles: [],
  },
  {
    number: 17,
    title: 'long ARNs',
    engines: ['postgresql', 'mysql'],
    steps: [
      execute('select 1', { target: ({ secretArn }) => ({ secretArn: secretArn.padEnd(128, 'x') }), see: refusal }),
      execute('select 1', {
        target: ({ resourceArn }) => ({ resourceArn: resourceArn.padEnd(101, 'x') }),
        see: refusal,
      }),
    ],
    settles: ['ARNs'],
  },
];

/** Each of two transactions waits for the row of the other. */
function deadlock() {
  const rows = table('rows');
  return [
    execute(`create table ${rows} (id int primary key, n int)`),
    execute(`insert into ${rows} values (1, 0), (2, 0)`),
    begin('a'),
    begin('b'),
    execute(`update ${rows} set n = 1 where id = 1`, { in: 'a' }),
    execute(`update ${rows} set n = 1 where id = 2`, { in: 'b' }),
    execute(`update ${rows} set n = 2 where id = 2`, { in: 'a', as: 'first', background: true, varies: true }),
    execute(`update ${rows} set n = 2 where id = 1`, { in: 'b', varies: true }),
    { call: 'wait-for', as: 'first' } as const,
    rollback('a'),
    rollback('b'),
  ];
}

/** There is no such cluster or secret, so it is refused in any case: for its length, or as unknown. */
function refusal({ error }: Parameters<NonNullable<ReturnType<typeof execute>['see']>>[0]): string {
  if (!error) return 'accepted';
  return /length|ValidationException/i.test(`${error.name} ${error.message}`)
    ? 'refused for its length'
    : 'not refused for its length';
}
