import { firstValue, type Outcome } from '../outcome.ts';
import { DATABASES, SCHEMA } from '../place.ts';
import { execute, type Probe, type Step } from '../step.ts';

/** As many calls as a pool of a few connections needs until each has had one. */
const CALLS = 50;

const values = (outcome: Outcome) => outcome.answers.map((_, at) => firstValue(outcome, at));

export const POOL: readonly Probe[] = [
  {
    number: 14,
    title: 'what the pool does with a returned connection',
    engines: ['postgresql'],
    kind: 'alone',
    steps: [
      execute(`set application_name = '${SCHEMA}'`),
      execute('show application_name', {
        times: CALLS,
        as: 'names',
        see: outcome => (values(outcome).includes(SCHEMA) ? 'a later call sees the setting' : 'no later call sees it'),
      }),
      execute('select pg_backend_pid()::text', {
        times: CALLS,
        varies: true,
        see: outcome => `${new Set(values(outcome)).size} connections`,
      }),
      // Wherever it was left.
      execute('reset application_name', { times: CALLS }),
    ],
    settles: ['what the pool does with a returned connection'],
  },
  {
    number: 16,
    title: 'connections that are kept for each of 200 databases',
    engines: ['postgresql'],
    kind: 'alone',
    only: 'databases',
    steps: [...eachDatabase(), ...[0, 60, 240, 600].flatMap(connections)],
    settles: [],
  },
];

function eachDatabase(): Step[] {
  return Array.from({ length: 200 }, (_, at) => `${DATABASES}${at + 1}`).flatMap(database => [
    execute(`create database ${database}`),
    execute('select 1', { target: () => ({ database }) }),
  ]);
}

/** After one minute, five and fifteen of the last call of a database. */
function connections(seconds: number): Step[] {
  return [
    { call: 'wait', seconds },
    execute(
      `select count(*)::text || ' connections to ' || count(distinct datname)::text from pg_stat_activity where datname like '${DATABASES}%'`,
      { varies: true },
    ),
  ];
}
