import { test } from 'vitest';
import { bench, manifestOf } from '../support/migrations.ts';
import { DEPLOYS, soak } from './soak.ts';

const write = (nth: number, part: number) => `insert into log values (${nth}, ${part});`;

test(
  `${DEPLOYS} deploys in a row, each with a fault by chance: after each of them nothing is lost, nothing is twice`,
  {
    timeout: 1_200_000,
  },
  () =>
    soak({
      name: 'PostgreSQL',
      deploys: DEPLOYS,
      start: () => bench({ poolSize: 3 }),
      manifestOf,
      shapes: [
        nth => `${write(nth, 1)} create table t${nth}(id int); ${write(nth, 2)}`,
        nth =>
          `create table t${nth}(id int, n int); ${write(nth, 1)} insert into t${nth} select g, g from generate_series(1, 5) g; update t${nth} set n = n * 2; ${write(nth, 2)}`,
        nth =>
          `-- migrate:up transaction:false\n${write(nth, 1)}\ncreate index concurrently i${nth} on log(n) where n = ${nth};\n${write(nth, 2)}`,
        nth =>
          `-- migrate:up transaction:false\n${write(nth, 1)}\nalter table log add column c${nth} int;\n${write(nth, 2)}`,
      ],
      fails: { sql: 'select 1 / 0', code: '22012' },
      left: 'select count(*) from pg_index where not indisvalid',
      lease: `select coalesce(max(extract(epoch from expires_at - clock_timestamp()) * 1000), 0)::int from schema_migrations_lease where id = 'lease' and run_id is not null`,
      calls: 16,
    }),
);
