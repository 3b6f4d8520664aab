import { NAME, SCHEMA } from '../place.ts';
import { execute, type Probe } from '../step.ts';

const FUNCTION = `${SCHEMA}.${NAME}sliced`;

/** How the service looks for `:name`. Parameters are not given: it looks without them too. */
export const SCANNER: readonly Probe[] = [
  {
    number: 5,
    title: 'the scanner on MySQL',
    engines: ['mysql'],
    steps: [
      execute("select 'it\\'s :x'", { as: 'backslash' }),
      execute('select 1 # :x'),
      execute("select # '\n ':x'", { as: 'hash' }),
      execute('select `a:b` from (select 1 as `a:b`) t', { as: 'backtick' }),
      execute('select "a:b"'),
    ],
    settles: ['backslashes, `#`, backticks'],
  },
  {
    number: 6,
    title: 'the scanner on PostgreSQL',
    engines: ['postgresql'],
    steps: [
      execute("select $$ it's :x $$"),
      execute("select E'\\':x'", { as: 'backslash' }),
      execute('select 1 /* /* :x */ :y */'),
      execute("select /* /* */ ' */ 1 || ':x'", { as: 'nested' }),
      execute('select $t$ a :b $t$'),
      execute(
        `create function ${FUNCTION}(arr int[], n int) returns int[] language plpgsql as $$ begin return arr[1:n]; end $$`,
      ),
      execute(
        `create function ${FUNCTION}_quoted(arr int[], n int) returns int[] language plpgsql as ' begin return arr[1:n]; end '`,
      ),
      execute(
        `select pg_get_functiondef(oid) from pg_proc where pronamespace = '${SCHEMA}'::regnamespace order by proname`,
      ),
    ],
    settles: ['backslashes, nested comments in the scanner'],
  },
];
