import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { announce, migrate, revert } from '../../lib/runner/index.ts';
import { type Bench, bench, type Files, template } from '../support/migrations.ts';
import { SHORT, sweep } from '../support/sweep.ts';
import { GOOD, sweptPostgresql } from './postgresql.ts';
import { sample } from './random.ts';
import { PATIENT, type Sweeping, sweepAll, tell } from './sweep.ts';

describe('PostgreSQL: whatever happens to whichever call, in the end all is done once', PATIENT, () => {
  let way: Omit<Sweeping<Bench>, 'name'>;
  let empty: { name: string; drop(): Promise<void> };
  beforeAll(async () => {
    empty = await template(async () => {});
    way = await sweptPostgresql(empty.name, { stepwise: true });
  });
  afterAll(() => empty.drop());

  test('a deploy: announced, then worked on', async () => {
    const request = { hook: 'stack/hook', requestId: 'request', requestedBy: 'CloudFormation Update request' };
    await sweepAll({
      ...way,
      name: 'PostgreSQL, a deploy',
      async run({ runner }, database) {
        const options = { ...(await runner(way.fails)), ...request, ...SHORT, database };
        expect(await announce(options)).toBe(true);
        return migrate(options);
      },
    });
  });

  test('undoing', async () => {
    const files: Files = {
      '0001_log': GOOD['0001_log']!,
      '0002_a':
        '-- migrate:up\ncreate table a(id int); insert into log values (2);\n-- migrate:down\ndrop table a; insert into log values (-2);',
      '0003_b': '-- migrate:up\ninsert into log values (3);\n-- migrate:down\ninsert into log values (-3);',
    };
    const names = ['0002_a', '0003_b'];
    const applied = await template(async ({ up }) => {
      await up(files);
    });
    const swept = await sweep({
      start: () => bench({ template: applied.name, poolSize: 2, auto: false }),
      run: async ({ runner }, database) =>
        revert({ ...(await runner(files)), ...SHORT, requestedBy: 'test', database, what: { steps: 2 } }),
      choose: sample,
      async inspect(made, { end }) {
        if ('thrown' in end) throw end.thrown;
        if ('value' in end) expect(end.value).toMatchObject({ outcome: 'reverted', reverted: ['0003_b', '0002_a'] });
        // Once more, to the same place: what is undone already is not undone again.
        await revert({ ...(await made.runner(files)), ...SHORT, requestedBy: 'test', what: { to: '0001' } });
        expect(await made.sql('select n from log order by n')).toEqual([[-3], [-2], [1], [2], [3]]);
        expect(await made.value(`select to_regclass('a')`)).toBeNull();
        expect(
          await made.sql(`select name, status from schema_migrations where name = any($1) order by name, attempt`, [
            names,
          ]),
        ).toEqual(names.flatMap(name => ['applied', 'reverted'].map(status => [name, status])));
        made.local.log.assertNoWriteRetried();
      },
    });
    await applied.drop();
    tell('PostgreSQL, undoing', swept);
  });
});
