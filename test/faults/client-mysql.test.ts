import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { reader } from '../../lib/compile/index.ts';
import type { Files } from '../support/migrations.ts';
import { compileMysql, fingerprintMysql, freshMysql, mysqlBench, mysqlMasterUrl } from '../support/mysql.ts';
import { describeClient, runClient } from '../support/mysql-client.ts';
import { rounds } from './random.ts';

/** Folders that other tools have met. */
const CASES = resolve(import.meta.dirname, '../../../shared/cases/mysql');
const names = existsSync(CASES) ? readdirSync(CASES) : [];

/** What `check` refuses of them, and on which line of which file. */
const REFUSED: Readonly<Record<string, readonly [code: string, file: string, line: number]>> = {
  'out-parameter-then-trigger': ['session-ended', '001_t.sql', 6],
  'temporary-table-then-procedure': ['session-ended', '001_t.sql', 4],
  'variable-then-trigger': ['session-ended', '001_t.sql', 5],
  'variable-from-a-query-read-by-the-next-file': ['unset-variable', '002_two.sql', 1],
  'variable-set-read-by-the-next-file': ['unset-variable', '002_two.sql', 1],
};

/** Runs of each: whichever sessions of the pool it gets. */
const RUNS = Math.max(2, rounds(8));

/** An event begins when it is made. */
const plain = (lines: readonly string[]) => lines.map(line => line.replaceAll(/STARTS '[^']*'/g, 'STARTS'));

const filesOf = (name: string, database: string) =>
  Object.fromEntries(
    readdirSync(join(CASES, name)).map(file => [
      file.replace(/\.sql$/, ''),
      readFileSync(join(CASES, name, file), 'utf8').replaceAll('p_b02_dropdb', database),
    ]),
  );

/** The client does not find the end of a body by itself, as we do. */
const delimited = (files: Files): Files =>
  Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name,
      /^delimiter/im.test(text)
        ? text
        : text.replace(/create procedure.*?\bend;/gis, body => `DELIMITER //\n${body}//\nDELIMITER ;\n`),
    ]),
  );

describeClient('a folder ends as the mysql client makes it, or is refused, each time', () => {
  test.each(names)('%s', { timeout: 600_000 }, async name => {
    const compiled = await compileMysql(filesOf(name, 'named'));
    const refused = compiled.errors.map(({ code, place }) => [code, place?.file, place?.line]);
    expect(refused).toEqual(REFUSED[name] ? [REFUSED[name]] : []);
    if (refused.length > 0) return;
    const theirs = await freshMysql(true, mysqlMasterUrl);
    const theirError = name === 'drop-database' ? '' : runClient(theirs.name, delimited(filesOf(name, theirs.name)));
    const expected = plain(await fingerprintMysql(theirs.raw, theirs.name));
    for (let nth = 0; nth < RUNS; nth++) {
      const transactionAfterDdl = nth % 2 === 0 ? 'kept' : 'gone';
      const dirty = ['set @v1 = 77, @var1 = 78, @actor = 79, @pid = 80, @made = 81'];
      await using bench = await mysqlBench({
        ...{ auto: false, poolSize: 3, dirty, chains: nth % 4 < 2 },
        mysql: { switches: { transactionAfterDdl } },
      });
      const report = await bench.up(reader(await compileMysql(filesOf(name, bench.name))));
      const end = { outcome: report.outcome, left: plain(await fingerprintMysql(bench.raw, bench.name)) };
      const outcome = name === 'drop-database' ? 'stopped' : theirError === '' ? 'applied' : 'failed';
      expect(end).toEqual({ outcome, left: expected });
    }
  });
});
