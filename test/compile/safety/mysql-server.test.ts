import type { Connection, RowDataPacket } from 'mysql2/promise';
import { beforeEach, expect, test } from 'vitest';
import { costOf, costOfStatement } from '../../../lib/compile/mysql/safety/cost.ts';
import type { Level } from '../../../lib/compile/mysql/safety/cost-level.ts';
import { MigrationState } from '../../../lib/compile/mysql/safety/migration-state.ts';
import { SchemaModel } from '../../../lib/compile/mysql/safety/schema.ts';
import { describeMysql, freshMysql } from '../../support/mysql.ts';
import { answer, isAsMeasured } from './mysql-answer.ts';
import { BEFORE, CASES } from './mysql-cases.ts';
import { judge, statementsOf } from './mysql-judge.ts';
import { safeStatements } from './rule-suite.ts';

const ALTERS = /^(ALTER TABLE|CREATE (\w+ )?INDEX|DROP INDEX)\b/i;

/** By rule the statements of its cases that say nothing of ALGORITHM or LOCK, and change a table that the folder made. */
const STATEMENTS = Object.entries(CASES).flatMap(([rule, { found, silent }]) => {
  const all = [...found.map(([sql]) => sql), ...silent.map(one => String(one))];
  const statements = all.filter(
    sql => ALTERS.test(sql) && !sql.includes(';') && !/ALGORITHM|strangers|FOREIGN KEY f$|uuid\(/.test(sql),
  );
  return statements.length > 0 ? [{ rule, statements }] : [];
});

/** The statements of BEFORE about the tables that a text names: to make all of them each time would take long. */
function schemaFor(sql: string): string {
  const named = sql.split(/\W+/).filter(word => NAMES.has(word));
  if (named.includes('persons')) named.push('people');
  const words = (text: string) => text.split(/\W+/);
  return BEFORE.split(';')
    .filter(text => words(text).some(word => named.includes(word)))
    .join(';');
}

const NAMES = new Set([...BEFORE.matchAll(/\b(?:TABLE|VIEW|RENAME TO) (\w+)/g)].map(([, name]) => name!));

/** What the rules take the statement for. */
function expected(sql: string): Level | undefined {
  const schema = new SchemaModel();
  for (const { actions } of statementsOf(BEFORE)) for (const action of actions) schema.learn(action);
  const [{ actions } = { actions: [] }] = statementsOf(sql);
  const migration = new MigrationState(schema, actions, { made: [] });
  const context = { schema, migration, place: { line: 1, number: 1 }, statement: actions };
  expect(actions.every(action => costOf(action, context)?.isKnown !== false)).toBe(true);
  return costOfStatement(context);
}

test('the server is asked about most rules', () => {
  expect(STATEMENTS.length).toBeGreaterThan(8);
  expect(STATEMENTS.flatMap(({ statements }) => statements).length).toBeGreaterThan(130);
});

describeMysql('what the server does is what the rules say', () => {
  let raw: Connection;

  beforeEach(async ({ skip }) => {
    ({ raw } = await freshMysql());
    if (!(await isAsMeasured(raw))) skip('MySQL 9 is what the rules speak of');
    await raw.query('SET SESSION sql_require_primary_key = 0');
  });

  async function setUp(sql: string): Promise<void> {
    const [rows] = await raw.query<
      RowDataPacket[]
    >(`SELECT concat('DROP ', if(table_type = 'VIEW', 'VIEW ', 'TABLE '), table_name, '; ') AS drops
      FROM information_schema.tables WHERE table_schema = database()`);
    const drops = rows.map(row => String(row.drops)).join('');
    await raw.query(`SET foreign_key_checks = 0; ${drops} SET foreign_key_checks = 1; ${schemaFor(sql)}`);
  }

  test.each(STATEMENTS)('for the statements about $rule', async ({ statements }) => {
    const answers: string[] = [];
    for (const sql of statements) {
      await setUp(sql);
      answers.push(`${sql}: ${await answer(raw, sql)}`);
    }
    expect(answers).toEqual(statements.map(sql => `${sql}: ${expected(sql)}`));
  });

  test('a default that differs from row to row is refused in any form', async () => {
    const sql = 'ALTER TABLE users ADD COLUMN a char(36) DEFAULT (uuid())';
    await setUp(sql);
    expect(judge(sql).map(({ message }) => message)).toEqual([
      'The server refuses it (error 1674): each row would get another value',
    ]);
    await expect(raw.query(sql)).rejects.toMatchObject({ errno: 1674 });
  });

  test('safe statements are accepted, with what they promise', async () => {
    const accepted: string[] = [];
    for (const [rule, lines] of safeStatements({ cases: CASES, judge })) {
      if (lines.some(line => /strangers|other\./.test(line))) continue;
      await setUp(lines.join(' '));
      const failed = await raw.query(lines.join('\n')).then(
        () => '',
        (error: Error) => `${rule}: ${error.message}: ${lines.join(' ')}`,
      );
      if (failed === '') accepted.push(rule);
      expect(failed).toBe('');
    }
    expect(accepted.length).toBeGreaterThan(30);
  });
});
