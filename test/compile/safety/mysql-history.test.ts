import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { costOfStatement } from '../../../lib/compile/mysql/safety/cost.ts';
import { MigrationState } from '../../../lib/compile/mysql/safety/migration-state.ts';
import { SchemaModel } from '../../../lib/compile/mysql/safety/schema.ts';
import { scanScript } from '../../../lib/engine/mysql/statement/script.ts';
import { describeMysql, freshMysql } from '../../support/mysql.ts';
import { answer, isAsMeasured } from './mysql-answer.ts';
import { statementsOf } from './mysql-judge.ts';

const AUTHELIA = fileURLToPath(new URL('../../../../shared/corpora/authelia/mysql', import.meta.url));
const corpus = existsSync(AUTHELIA);
const place = { line: 1, number: 1 };

/** The statements of the up files, in order. */
function statements(): string[] {
  const files = readdirSync(AUTHELIA).filter(name => name.endsWith('.up.sql'));
  return files.sort().flatMap(name => {
    const text = readFileSync(`${AUTHELIA}/${name}`, 'utf8');
    return scanScript(text).statements.map(({ first, end }) => text.slice(first, end));
  });
}

describeMysql(
  `the history of authelia${corpus ? '' : ' (skipped: put its migrations at ../shared/corpora/authelia/mysql)'}`,
  () => {
    test.skipIf(!corpus)('each ALTER costs what the rules say', async ({ skip }) => {
      const { raw } = await freshMysql();
      if (!(await isAsMeasured(raw))) skip('MySQL 9 is what the rules speak of');
      const schema = new SchemaModel();
      const migration = new MigrationState(schema, [], { made: [] });
      const expected: string[] = [];
      const answers: string[] = [];
      for (const sql of statements()) {
        const [{ actions } = { actions: [] }] = statementsOf(sql);
        if (/^(ALTER TABLE|CREATE (UNIQUE )?INDEX|DROP INDEX)/i.test(sql)) {
          expected.push(`${sql}: ${costOfStatement({ schema, migration, place, statement: actions })}`);
          answers.push(`${sql}: ${await answer(raw, sql)}`);
        } else await raw.query(sql);
        for (const action of actions) schema.learn(action);
      }
      expect(answers).toEqual(expected);
      expect(answers.length).toBeGreaterThan(100);
    });
  },
);
