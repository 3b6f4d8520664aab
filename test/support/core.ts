import { expect } from 'vitest';
import type { SchemaReader } from '../../lib/core/schema.ts';
import { dump } from '../../lib/runner/dump.ts';
import { verify } from '../../lib/runner/verify.ts';
import type { MysqlBench } from './mysql.ts';

/**
 * What every user must be able to do with what is his: install, apply, fail, go on, have a change applied, undo, dump and verify.
 * @param bench of PostgreSQL or MySQL, which have the same verbs
 * @param schema with a point behind it, before names
 * @param alone a statement that cannot share a transaction, and what undoes it
 */
export async function coreOfTheSuite(
  bench: Pick<MysqlBench, 'up' | 'revert' | 'runner' | 'sql'>,
  reader: SchemaReader,
  schema: string,
  alone: { readonly up: string; readonly down: string },
): Promise<void> {
  const view = (columns: string) => `create or replace view ${schema}names as select ${columns} from ${schema}users;`;
  const files = {
    '001_users': `create table ${schema}users (id int primary key, name varchar(20));
      insert into ${schema}users values (1, 'Ada');\n-- migrate:down\ndrop table ${schema}users;`,
    '002_index': `${alone.up};\n-- migrate:down\n${alone.down};`,
    R__names: view('name'),
  };
  const options = { schema: reader };
  const ask = async (sql: string) => (await bench.sql(sql)).map(row => row.map(String));
  expect(await bench.up(files, options)).toMatchObject({ outcome: 'applied', problems: [], counts: { applied: 4 } });

  const failing = { ...files, '003_more': `insert into ${schema}users values (2, 'Bob'), (1, 'Eve');` };
  const failed = await bench.up(failing, options);
  expect(failed.outcome).toBe('failed');
  expect(failed.migrations.find(({ name }) => name === '003_more')?.error).toMatchObject({ statement: 1, line: 1 });
  expect(await ask(`select id from ${schema}users order by id`)).toEqual([['1']]);

  const fixed = {
    ...files,
    '003_more': `insert into ${schema}users values (2, 'Bob');\n-- migrate:down\ndelete from ${schema}users where id = 2;`,
    R__names: view('name, id'),
  };
  expect(await bench.up(fixed, options)).toMatchObject({ outcome: 'applied', problems: [] });
  expect(await ask(`select name, id from ${schema}names order by id`)).toEqual([
    ['Ada', '1'],
    ['Bob', '2'],
  ]);
  expect(await bench.up(fixed, options)).toMatchObject({ outcome: 'nothing-to-do' });

  const runner = await bench.runner(fixed);
  expect(await verify({ ...runner, schema: reader })).toMatchObject({
    sound: true,
    findings: [],
    notes: [],
    drift: false,
  });
  const { text, notDumped } = await dump({ database: runner.database, schema: reader });
  expect(notDumped).toEqual([]);
  expect(text).toMatch(/CREATE TABLE .*users[\s\S]*CREATE .*VIEW .*names/);

  const reverted = await bench.revert(fixed, { to: '001' }, options);
  expect(reverted).toMatchObject({ outcome: 'reverted', reverted: ['003_more', '002_index'] });
  expect(await ask(`select id from ${schema}users order by id`)).toEqual([['1']]);
}
