import { test } from 'vitest';
import { describeMysql, manifestOf, mysqlBench } from '../support/mysql.ts';
import { DEPLOYS, soak } from './soak.ts';

const write = (nth: number, part: number) => `insert into log (n, part) values (${nth}, ${part});`;

describeMysql.each([
  ['COMMIT AND CHAIN executed', true, 20],
  ['COMMIT AND CHAIN refused', false, 26],
] as const)('MySQL, %s', (how, chains, calls) => {
  test(
    `${DEPLOYS} deploys in a row, each with a fault by chance: after each of them nothing is lost, nothing is twice`,
    {
      timeout: 1_800_000,
    },
    () =>
      soak({
        name: `MySQL, ${how}`,
        deploys: DEPLOYS,
        // Idle transactions of a dead run end soon.
        start: () => mysqlBench({ chains, poolSize: 3, clocks: { transactionIdle: 0.3 } }),
        manifestOf,
        shapes: [
          nth => `${write(nth, 1)} create table t${nth}(id int); ${write(nth, 2)}`,
          nth =>
            `create table t${nth}(id int, n int); ${write(nth, 1)} insert into t${nth} values (1, 1), (2, 2); with x as (select 2 as twice) update t${nth} join x set n = n * twice; ${write(nth, 2)}`,
          nth => `${write(nth, 1)}\ncreate index i${nth} on log(n);\n${write(nth, 2)}\ndrop index i${nth} on log;`,
          nth =>
            `${write(nth, 1)}\nalter table log add column c${nth} int, alter column n set default ${nth};\n${write(nth, 2)}`,
          // What cannot be prepared, behind a setting of its own.
          nth =>
            `set sql_mode = 'STRICT_ALL_TABLES'; create procedure p${nth}() begin ${write(nth, 1)} end; ${write(nth, 1)} drop procedure p${nth}; ${write(nth, 2)}`,
          nth =>
            `create table t${nth}(id int); rename table t${nth} to u${nth}; ${write(nth, 1)} truncate table u${nth}; ${write(nth, 2)} drop table if exists u${nth};`,
        ],
        fails: { sql: 'select nothing', code: '42S22' },
        left: `select count(*) from information_schema.statistics where table_schema = database() and table_name = 'log'`,
        lease: `select coalesce(max(timestampdiff(microsecond, utc_timestamp(6), expires_at) div 1000), 0) from schema_migrations_lease where id = 'lease' and run_id is not null`,
        calls,
      }),
  );
});
