import { expect, test } from 'vitest';
import { postgresql } from '../../lib/engine/postgresql/index.ts';
import { bench } from '../support/migrations.ts';

test.each([{}, { table: 'moved' }])(
  'on PostgreSQL a database is empty that has our tables and functions only, and not with a function of others: %o',
  async names => {
    const made = await bench(names);
    const engine = postgresql(names);
    expect(await engine.store.isEmpty(made.database)).toBe(true);
    await made.up({ '001_t': 'select 1;' });
    expect(await engine.store.isEmpty(made.database)).toBe(true);
    await made.raw.query('create function others() returns int language sql as $$ select 1 $$');
    expect(await engine.store.isEmpty(made.database)).toBe(false);
  },
);
