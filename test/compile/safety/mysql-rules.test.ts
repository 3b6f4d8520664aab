import { expect, test } from 'vitest';
import { RULES } from '../../../lib/compile/mysql/safety/rules/index.ts';
import { CASES } from './mysql-cases.ts';
import { judge } from './mysql-judge.ts';
import { describeRules } from './rule-suite.ts';

describeRules({ cases: CASES, rules: RULES, judge, safeWays: 30 });

/** The safe statements of a rule for a migration. */
function safeWay(rule: string, sql: string): readonly string[] | undefined {
  return judge(sql).find(finding => finding.rule === rule)?.safeWay;
}

test('safe statements have the names of the user as they are written', () => {
  expect(safeWay('changing-column-type', 'alter table `my users` modify `a b` bigint /* wide */ not null;')).toEqual([
    'ALTER TABLE `my users` modify `a b` bigint not null, ALGORITHM=INPLACE, LOCK=NONE;',
  ]);
  expect(safeWay('changing-column-type', 'ALTER TABLE users MODIFY age bigint NOT NULL AFTER id')).toEqual([
    'ALTER TABLE users ADD COLUMN new_age bigint NOT NULL, ALGORITHM=INSTANT;',
    '-- triggers that fill both, copy in batches, switch the code, drop the old column',
  ]);
  expect(safeWay('index-blocks-writes', 'CREATE UNIQUE INDEX i ON users ((lower(email)), age)')).toEqual([
    'ALTER TABLE users ADD COLUMN i_value … AS (lower(email)) VIRTUAL, ALGORITHM=INSTANT;  -- …: the type of the expression',
    'ALTER TABLE users ADD UNIQUE INDEX i (i_value, age), ALGORITHM=INPLACE, LOCK=NONE;',
  ]);
  expect(
    safeWay('adding-foreign-key-constraint', 'ALTER TABLE users ADD p bigint NOT NULL REFERENCES parents (id)'),
  ).toEqual([
    'ALTER TABLE users ADD p bigint NOT NULL, ALGORITHM=INSTANT;',
    'SET foreign_key_checks = 0;  -- rows without a parent stay',
    'ALTER TABLE users ADD FOREIGN KEY (p) REFERENCES parents (id), ALGORITHM=INPLACE, LOCK=NONE;',
    'SET foreign_key_checks = 1;',
  ]);
  expect(safeWay('table-rebuild', 'OPTIMIZE TABLE users, parents')).toEqual([
    'ALTER TABLE users FORCE, ALGORITHM=INPLACE, LOCK=NONE;',
    'ALTER TABLE parents FORCE, ALGORITHM=INPLACE, LOCK=NONE;',
  ]);
  expect(safeWay('several-clauses', 'ALTER TABLE users ADD a int, ADD INDEX (a), MODIFY born int NOT NULL')).toEqual([
    'ALTER TABLE users ADD a int, ALGORITHM=INSTANT;',
    'ALTER TABLE users ADD INDEX (a), ALGORITHM=INPLACE, LOCK=NONE;',
    'ALTER TABLE users MODIFY born int NOT NULL;',
  ]);
});

test('the model follows columns that are moved, renamed and dropped, and tables made like others', () => {
  const found = judge(`
    CREATE TABLE copies LIKE users;
    RENAME TABLE users TO people;
    ALTER TABLE people CHANGE born birth int FIRST;
    ALTER TABLE people DROP COLUMN email, RENAME INDEX users_born TO births;
    ALTER TABLE people MODIFY birth int FIRST;
    ALTER TABLE people MODIFY birth bigint FIRST;
    ALTER TABLE people DROP INDEX births;
    ALTER TABLE people DROP COLUMN birth;
    ALTER TABLE copies MODIFY age bigint;
  `);
  expect(
    found
      .filter(({ severity }) => severity !== 'note')
      .map(({ rule, subject, place }) => `${place.line} ${rule} ${subject}`),
  ).toEqual([
    '3 renaming-table users',
    '4 table-rebuild people.born',
    '4 renaming-column people.born',
    '5 ban-drop-column people.email',
    '5 several-clauses people',
    '7 changing-column-type people.birth',
    '9 ban-drop-column people.birth',
  ]);
});

test('what a routine or a text that is put together would do is not seen', () => {
  expect(
    judge(`
      CREATE PROCEDURE p() BEGIN ALTER TABLE users MODIFY age bigint; END;
      SET @sql = CONCAT('DROP TABLE ', 'users');
      PREPARE s FROM @sql; EXECUTE s;
      CREATE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW SET NEW.age = 1;
    `),
  ).toEqual([]);
});
