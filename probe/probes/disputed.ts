import { NAME, SCHEMA } from '../place.ts';
import { execute, type Probe } from '../step.ts';

const RAISER = `${SCHEMA}.${NAME}raiser`;

/** Answers about which sources disagree, or which only one source has. */
export const DISPUTED: readonly Probe[] = [
  {
    number: 18,
    title: 'answers of PostgreSQL about which sources disagree',
    engines: ['postgresql'],
    steps: [
      execute(
        `create function ${RAISER}() returns int language plpgsql as 'begin raise exception ''refused'' using errcode = ''23514''; end'`,
      ),
      execute(`select ${RAISER}()`, { as: 'raised' }),
      execute('select date_trunc(:unit, at) from (values (now())) as e(at) group by date_trunc(:unit, at)', {
        parameters: [{ name: 'unit', value: { stringValue: 'year' } }],
        as: 'repeated',
        see: ({ error }) => (error ? `${error.name}: ${error.message}` : 'accepted'),
      }),
      execute("select '12:00:00+02'::timetz", { as: 'timetz' }),
      execute('select pg_sleep(0)', { as: 'void' }),
      execute("select 'pg_class'::regclass::oid", { as: 'oid' }),
      // In JSON 1.2 MB, in rows 0.8 MB.
      execute('select md5(n::text)::uuid from generate_series(1, 24000) n', {
        as: 'nearLimit',
        see: ({ error }) => (error ? `${error.name}: ${error.message}` : 'accepted'),
      }),
    ],
    settles: [],
  },
];
