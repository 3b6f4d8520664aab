import { expect, test } from 'vitest';
import type { Rehearsal } from '../../lib/core/rehearsal.ts';
import { folder, inTemporaryFolder, run } from '../cli/run.ts';
import { describeMysql, freshMysql, mysqlMasterUrl } from '../support/mysql.ts';

const tables = `CREATE TABLE parents (id int PRIMARY KEY);
CREATE TABLE users (id int PRIMARY KEY, name varchar(50), parent_id int, algorithm int);
DELIMITER //
CREATE PROCEDURE touch() BEGIN SELECT 1; SELECT 2; END//
DELIMITER ;
`;

describeMysql('rehearse on MySQL', () => {
  inTemporaryFolder();

  test('tells the cheapest algorithm that the server accepts, and undoes what works', async () => {
    const { name, raw } = await freshMysql();
    const call = (...argv: string[]) => run([...argv, '--dir', 'sql', '--url', `${mysqlMasterUrl}/${name}`]);
    folder('sql', { '001_tables.sql': tables });
    expect(await call('up')).toMatchObject({ code: 0 });
    folder('sql', {
      '001_tables.sql': tables,
      '002_changes.sql': `ALTER TABLE users ADD COLUMN age int;
ALTER TABLE users MODIFY name varchar(50) NOT NULL;
CREATE FULLTEXT INDEX words ON users (name);
ALTER TABLE users MODIFY parent_id bigint;
CREATE INDEX ages ON users (age) ;
ALTER TABLE parents PARTITION BY HASH (id) PARTITIONS 4;
ALTER TABLE users DROP COLUMN algorithm, ALGORITHM = COPY;
INSERT INTO parents VALUES (1);
-- migrate:down
DROP INDEX ages ON users;
ALTER TABLE users DROP COLUMN age;
`,
    });
    await raw.query('ALTER TABLE users ADD COLUMN by_hand int');
    const [before] = await raw.query(`SELECT * FROM schema_migrations`);
    const { code, stdout } = await call('rehearse', '--down', '--json');
    const rehearsal = JSON.parse(stdout) as Rehearsal;
    expect({ code, problems: rehearsal.problems, leftOut: rehearsal.copy.leftOut }).toEqual({
      code: 0,
      problems: [],
      leftOut: [],
    });
    expect((await raw.query(`SELECT * FROM schema_migrations`))[0]).toEqual(before);
    const [up, down] = rehearsal.migrations;
    const ways = (of: typeof up) =>
      of!.effects.map(({ line, accepted }) => [line, accepted!.algorithm, accepted!.lock].join(' '));
    expect(ways(up)).toEqual([
      '1 INSTANT ',
      '2 INPLACE NONE',
      '3 INPLACE SHARED',
      '4 COPY SHARED',
      '5 INPLACE NONE',
      '6 COPY SHARED',
    ]);
    expect(down).toMatchObject({ direction: 'down', result: 'works' });
    // With a full-text index a column is not dropped in place.
    expect(ways(down)).toEqual(['10 INPLACE NONE', '11 COPY SHARED']);
    const users = rehearsal.changes.find(one => one.name === 'users')!;
    expect(users.before).toContain('`by_hand` int');
    expect(users.after).toContain('`age` int');
  });

  test('needs a mysqld, and says so where there is none', async () => {
    const { name } = await freshMysql();
    folder('sql', { '001_tables.sql': tables });
    const path = process.env.PATH;
    process.env.PATH = '/nowhere';
    try {
      const { code, stderr } = await run(['rehearse', '--dir', 'sql', '--url', `${mysqlMasterUrl}/${name}`]);
      expect(code).toBe(1);
      expect(stderr).toContain('There is no mysqld on this machine');
      expect(stderr).toContain('or rehearse on a machine that has it');
    } finally {
      process.env.PATH = path;
    }
  });
});
