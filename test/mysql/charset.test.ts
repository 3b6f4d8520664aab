import { expect, test } from 'vitest';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const FILES = {
  '001_m': `create table t (a varchar(20) character set utf8mb4);
insert into t values ('größe');
-- é ü
insert into t values ('大😀');
create procedure p() select 1; /* ß */
/* 😀 */ insert into t values ('я');`,
};

describeMysql('the default character set of the database', () => {
  test.each([
    'utf8mb4 collate utf8mb4_bin',
    'utf8mb4 collate utf8mb4_unicode_ci',
    'utf8mb3',
    'latin1',
    'ascii',
    'cp1251',
    'utf16',
    'sjis',
  ])('changes nothing of what is sent: %s', async set => {
    const bench = await mysqlBench();
    await bench.raw.query(`alter database ${bench.name} character set ${set}`);
    const report = await bench.up(FILES);
    expect(report.migrations.map(({ error }) => error?.message).filter(Boolean)).toEqual([]);
    expect(report).toMatchObject({ outcome: 'applied', problems: [] });
    expect(await bench.sql('select a from t')).toEqual([['größe'], ['大😀'], ['я']]);
    expect(await bench.value("select content from schema_migrations where name = '001_m'")).toBe(FILES['001_m']);
    const failed = await bench.up({ ...FILES, '002_n': "insert into t values ('é');\ninsert into 大 values ('ü');" });
    expect(failed.migrations.at(-1)?.error).toMatchObject({ statement: 2, message: expect.stringContaining('大') });
  });
});
