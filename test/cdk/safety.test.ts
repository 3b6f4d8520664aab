import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { App, Annotations as Notes, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import type { AuroraMigrationsProps } from '../../lib/cdk/index.ts';
import { AuroraMigrations } from './built.ts';
import { ARNS, folder, newApp } from './stacks.ts';

const USERS = { '001_users.sql': 'CREATE TABLE users (id int, email text);\n' };
const INDEX = 'CREATE INDEX users_email ON users (email);\n';
const DROP = 'ALTER TABLE users DROP COLUMN email;\n';
const NAMED = { ...ARNS, database: 'app', engine: 'postgresql' } as const;

/** A stack whose hook has these files and options. */
function stackOf(files: Readonly<Record<string, string>>, more: Record<string, unknown> = {}): Stack {
  const stack = new Stack(newApp(), 'Stack');
  const props = { ...NAMED, migrations: folder({ ...USERS, ...files }), ...more };
  new AuroraMigrations(stack, 'M', props as AuroraMigrationsProps);
  return stack;
}

/** What synth says of a stack besides, one text each. */
function said(stack: Stack): { warnings: string[]; errors: string[] } {
  const found = Annotations.fromStack(stack);
  const texts = (all: { entry: { data?: unknown } }[]) => all.map(({ entry }) => String(entry.data));
  return {
    warnings: texts(found.findWarning('*', Match.anyValue())),
    errors: texts(found.findError('*', Match.anyValue())),
  };
}

/** The ids by which the warnings can be acknowledged. */
const ids = (stack: Stack) => said(stack).warnings.map(text => /\[ack: aurora-migrations:(.*)\]$/.exec(text)?.[1]);

describe('by default a finding is a warning', () => {
  test('with place, severity, rule, the safe statement, and how to let it pass', () => {
    const { warnings, errors } = said(stackOf({ '002_i.sql': INDEX }));
    expect(errors).toEqual([]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /002_i\.sql:1:1: danger: Writes to users wait .* \[require-concurrent-index-creation\]/,
    );
    expect(warnings[0]).toContain('  Safe:\n    CREATE INDEX CONCURRENTLY users_email ON users USING btree (email);\n');
    expect(warnings[0]).toContain('-- migrate:allow require-concurrent-index-creation: why');
    expect(warnings[0]).toMatch(/\[ack: aurora-migrations:require-concurrent-index-creation:002_i\]$/);
  });

  test('one for a rule and a migration: further findings of it are in the same text', () => {
    const four = [1, 2, 3, 4].map(n => `CREATE INDEX i${n} ON users (email);\n`).join('');
    const stack = stackOf({ '002_i.sql': four + DROP });
    expect(ids(stack)).toEqual(['require-concurrent-index-creation:002_i', 'ban-drop-column:002_i']);
    const [text] = said(stack).warnings;
    expect(text!.match(/: danger: /g)).toHaveLength(3);
    expect(text).toMatch(/^And 1 more: .*002_i\.sql:4:1$/m);
  });

  test('a note is never shown, nor what a comment allows', () => {
    const allowed = `-- migrate:allow require-concurrent-index-creation: a small table\n${INDEX}`;
    expect(said(stackOf({ '002_t.sql': 'CREATE TABLE t (at timestamp);\n', '003_i.sql': allowed }))).toEqual({
      warnings: [],
      errors: [],
    });
  });

  test.each(['before', 'after'])('its id can be acknowledged %s it is found, and lets nothing else pass', when => {
    const id = 'aurora-migrations:require-concurrent-index-creation:002_i';
    const stack = new Stack(newApp(), 'Stack');
    const migrations = folder({ ...USERS, '002_i.sql': INDEX + DROP, '003_i.sql': INDEX });
    const acknowledge = () => Notes.of(stack).acknowledgeWarning(id, 'a small table');
    if (when === 'before') acknowledge();
    new AuroraMigrations(stack, 'M', { ...NAMED, migrations });
    if (when === 'after') acknowledge();
    expect(ids(stack)).toEqual(['ban-drop-column:002_i', 'require-concurrent-index-creation:003_i']);
  });
});

describe('a long history', () => {
  const files = Object.fromEntries(
    Array.from({ length: 13 }, (_, at) => at + 2).map(n => [
      `${String(n).padStart(3, '0')}_i.sql`,
      `CREATE INDEX a${n} ON users (id);\nCREATE INDEX b${n} ON users (email);\n`,
    ]),
  );
  const names = (from: number) =>
    Array.from(
      { length: 15 - from },
      (_, at) => `require-concurrent-index-creation:${String(at + from).padStart(3, '0')}_i`,
    );

  test('shows the newest ten migrations with findings, and one line for the rest', () => {
    const stack = stackOf(files);
    expect(ids(stack)).toEqual([...names(5), 'older-findings']);
    expect(said(stack).warnings.at(-1)).toMatch(
      /^Safety rules have 6 findings in 3 older migrations: `aurora-migrations check --dir \S+ --engine postgresql --database app` lists them\. /,
    );
  });

  test('since: older ones are not judged', () => {
    expect(ids(stackOf(files, { safety: { since: '13' } }))).toEqual(names(13));
  });

  test('baseline: what it covers is not judged', () => {
    expect(ids(stackOf(files, { baseline: '012' }))).toEqual(names(13));
  });

  test('a comment is not called unneeded where its migration is not judged', () => {
    const unneeded = {
      '002_t.sql': '-- migrate:allow ban-drop-table: why\nCREATE TABLE t (id int);\n',
      '003_u.sql': '',
    };
    const isTold = (more: Record<string, unknown>) =>
      ids(stackOf(unneeded, more)).some(id => id?.startsWith('unneeded-allowance'));
    expect([isTold({}), isTold({ safety: { since: '003' } }), isTold({ safety: 'off' })]).toEqual([true, false, false]);
  });
});

describe('levels', () => {
  const files = { '002_i.sql': INDEX, '003_d.sql': DROP };

  test('fail: a danger is an error, a caution stays a warning', () => {
    const stack = stackOf(files, { safety: 'fail' });
    expect(said(stack).errors).toEqual([expect.stringContaining('[require-concurrent-index-creation]')]);
    expect(ids(stack)).toEqual(['ban-drop-column:003_d']);
  });

  test('fail: `cdk synth` ends with the error', () => {
    const { directory } = App.of(stackOf(files, { safety: 'fail' }))!.synth();
    // Where test/cdk/example.test.ts and test/docs/examples.test.ts look for warnings.
    const written = readdirSync(directory).filter(name => /(manifest|metadata)\.json$/.test(name));
    const texts = written.map(name => readFileSync(join(directory, name), 'utf8'));
    expect(texts.join('\n')).toContain('[ack: aurora-migrations:ban-drop-column:003_d]');
    const cdk = fileURLToPath(new URL('../../node_modules/aws-cdk/bin/cdk', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [cdk, 'synth', '--quiet', '--app', directory], {
      encoding: 'utf8',
      env: { ...process.env, AWS_EC2_METADATA_DISABLED: 'true', CI: 'false' },
    });
    expect(stderr).toMatch(/^ERROR \S+002_i\.sql:1:1: danger: /m);
    expect(stderr).toMatch(/^WARNING \S+003_d\.sql:1:1: caution: /m);
    expect(status).toBe(1);
  }, 120_000);

  test('off: nothing is said', () => {
    expect(said(stackOf(files, { safety: 'off' }))).toEqual({ warnings: [], errors: [] });
    expect(said(stackOf(files, { safety: { level: 'off' } }))).toEqual({ warnings: [], errors: [] });
  });

  test('rules: each has its own level; one that is named with fail fails on cautions too', () => {
    const one = stackOf(files, { safety: { rules: { 'ban-drop-column': 'fail' } } });
    expect(said(one).errors).toEqual([expect.stringContaining('[ban-drop-column]')]);
    expect(ids(one)).toEqual(['require-concurrent-index-creation:002_i']);
    const other = stackOf(files, { safety: { level: 'fail', rules: { 'require-concurrent-index-creation': 'warn' } } });
    expect([said(other).errors, ids(other)]).toEqual([
      [],
      ['require-concurrent-index-creation:002_i', 'ban-drop-column:003_d'],
    ]);
    const only = stackOf(files, { safety: { level: 'off', rules: { 'ban-drop-column': 'warn' } } });
    expect(ids(only)).toEqual(['ban-drop-column:003_d']);
    expect(ids(stackOf(files, { safety: { rules: { 'ban-drop-column': 'off' } } }))).toEqual([
      'require-concurrent-index-creation:002_i',
    ]);
  });

  test('fail: a danger among the older ones, which are only counted, is an error too', () => {
    const older: Record<string, string> = { '002_i.sql': INDEX };
    for (let n = 3; n < 13; n++)
      older[`${String(n).padStart(3, '0')}_d.sql`] = `ALTER TABLE users DROP COLUMN c${n};\n`;
    expect(said(stackOf(older, { safety: 'fail' })).errors).toEqual([
      expect.stringMatching(/^Safety rules have 1 finding in 1 older migration: /),
    ]);
  });
});

describe('what the option does not take', () => {
  test.each([
    ['wran', "The option safety does not take 'wran'. Did you mean 'warn'?"],
    [1, "The option safety does not take 1. Give 'warn' or 'fail' or 'off', or an object with level, rules and since."],
    [{ level: 'fial' }, "The option safety.level does not take 'fial'. Did you mean 'fail'?"],
    [{ levle: 'fail' }, 'There is no option safety.levle. Did you mean level?'],
    [{ rules: 'ban-drop-table' }, "The option safety.rules does not take 'ban-drop-table'. Give an object with rules"],
    [
      { rules: { 'ban-drop-table': 'of' } },
      "The option safety.rules['ban-drop-table'] does not take 'of'. Did you mean 'off'?",
    ],
    [
      { rules: { 'ban-drop-tabel': 'off' } },
      "The option safety.rules names 'ban-drop-tabel', which is no safety rule. Did you mean 'ban-drop-table'?",
    ],
    [{ since: 3 }, 'The option safety.since does not take 3. Give a text that is known at synth'],
    [
      { since: '042' },
      'There is no migration of version "042" in this folder (the first is 001, the last 001), which the option safety.since names. Name the version of a file',
    ],
  ])('%j', (safety, message) => {
    expect(() => stackOf({}, { safety })).toThrow(message);
  });

  test('a member that is undefined is left out', () => {
    const safety = { level: undefined, rules: { 'ban-drop-table': undefined }, since: undefined };
    expect(ids(stackOf({ '002_i.sql': INDEX }, { safety }))).toEqual(['require-concurrent-index-creation:002_i']);
  });
});
