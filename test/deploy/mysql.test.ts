import { AuroraMysqlEngineVersion, DatabaseClusterEngine } from 'aws-cdk-lib/aws-rds';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { folder, inTemporaryFolder } from '../cli/run.ts';
import { describeMysql, type MysqlBench, mysqlBench } from '../support/mysql.ts';
import { synthesize } from './assembly.ts';
import { Aws } from './aws.ts';
import { type Deploy, DeployedStack } from './stack.ts';
import { expectToldByOldCode, useTerminal } from './terminal.ts';

const first = { '001_users.sql': 'CREATE TABLE users (id int PRIMARY KEY);\n' };
const broken = { ...first, '002_posts.sql': 'CREATE TABLE posts (id int);\nINSERT INTO nowhere VALUES (1);\n' };
const fixed = { ...first, '002_posts.sql': 'CREATE TABLE posts (id int);\nINSERT INTO posts VALUES (1);\n' };

const engine = DatabaseClusterEngine.auroraMysql({ version: AuroraMysqlEngineVersion.VER_3_08_0 });

describeMysql('a deploy on Aurora MySQL', () => {
  let aws: Aws;
  inTemporaryFolder();
  const terminal = useTerminal(() => aws);
  beforeAll(async () => {
    aws = await Aws.start();
  });
  afterAll(() => aws.stop());

  /** The code that a rollback brought back does not have the migration that failed. */
  async function expectSeenByOldCode(stack: DeployedStack, { responses }: Deploy): Promise<void> {
    expect(responses[0]!.Reason).toContain('\nSee it with: aurora-migrations history --stack stack\n');
    expect(responses[1]!.Data!.Notes).toMatch(
      /002_posts is half done \(statements executed: 1\), and is not in this deploy: Table '.*nowhere' doesn't exist/,
    );
    await expectToldByOldCode((...argv) => terminal(stack, ...argv), {
      cause: /002_posts.*Table '.*nowhere' doesn't exist/,
      next: '1 of its statements is committed. Deploy its fixed file again',
    });
    const { words } = await terminal(stack, 'status');
    expect(words).toContain('half done, not in this deploy');
    expect(words).toContain('At line 2, statement 2');
  }

  const attempts = async ({ sql }: MysqlBench) =>
    (
      await sql(
        `select name, status, statements_applied from schema_migrations where version <> '000' order by started_at, attempt`,
      )
    ).map(row => row.join(' '));

  test('applies all; a failed migration fails the deploy and says what is applied; the fixed one goes on there', async () => {
    const bench = await mysqlBench();
    const stack = new DeployedStack(aws, bench.local);
    const created = await stack.create(synthesize(first, {}, engine));
    expect(created.status).toBe('CREATE_COMPLETE');
    const failed = await stack.update(synthesize(broken, {}, engine));
    expect(failed.status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(failed.responses[0]!.Reason).toMatch(/002_posts\.sql:2.*nowhere.*statement 2.*Statement 1 is committed/s);
    await expectSeenByOldCode(stack, failed);
    const here = ['--dir', folder('fixed', fixed), '--json'];
    const plan = JSON.parse((await terminal(stack, 'plan', ...here)).text);
    expect(plan.steps).toMatchObject([{ migration: '002_posts', reason: 'resumed', mode: 'stepwise', from: 2 }]);
    const edited = { ...fixed, '002_posts.sql': fixed['002_posts.sql'].replace('id int', 'id bigint') };
    const { code, text } = await terminal(stack, 'plan', '--dir', folder('edited', edited), '--json');
    expect([code, JSON.parse(text).problems]).toMatchObject([1, [{ code: 'edited-half-done' }]]);
    const again = await stack.update(synthesize(fixed, {}, engine));
    expect(again.status).toBe('UPDATE_COMPLETE');
    expect(await attempts(bench)).toEqual(['001_users applied 1', '002_posts failed 1', '002_posts applied 2']);
    expect(await bench.value('select count(*) from posts')).toBe(1);
  }, 240_000);

  test('N pending migrations of a CREATE TABLE and an INSERT cost 7 N + 12 calls, nothing to do costs one', async () => {
    const bench = await mysqlBench();
    const stack = new DeployedStack(aws, bench.local);
    await stack.create(synthesize(first, {}, engine));
    const table = (name: string) => `CREATE TABLE ${name} (id int);\nINSERT INTO ${name} VALUES (1);\n`;
    const more = { ...first, '002_a.sql': table('a'), '003_b.sql': table('b'), '004_c.sql': table('c') };
    bench.local.log.clear();
    await stack.update(synthesize(more, {}, engine));
    // onEvent: history, and two for the announcement. isComplete: history and lease; begin, SET, SET, commit; the fingerprint, its record, and
    // the lease given back. Each migration: the request is the newest; checkpoint, CREATE, chain, INSERT, checkpoint, chain.
    expect(bench.local.log.entries).toHaveLength(3 + 2 + 4 + 3 + 3 * (1 + 6));
    bench.local.log.clear();
    await stack.update(synthesize(more, {}, engine));
    expect(bench.local.log.entries).toHaveLength(1);
  }, 240_000);

  test('no value of a row gets into CloudFormation; the history keeps the whole message', async () => {
    const bench = await mysqlBench();
    const stack = new DeployedStack(aws, bench.local);
    const rows = "INSERT INTO people VALUES ('ada@example.com');\n";
    const people = { '001_people.sql': `CREATE TABLE people (email varchar(40));\n${rows}${rows}` };
    await stack.create(synthesize(people, {}, engine));
    const once = { ...people, '002_once.sql': 'CREATE UNIQUE INDEX once ON people (email);\n' };
    const { responses } = await stack.update(synthesize(once, {}, engine));
    expect(responses[0]!.Reason).toContain("Duplicate entry … for key 'people.once' (error 1062)");
    expect(responses[0]!.Reason).not.toContain('ada@example.com');
    expect(await bench.value("select error_message from schema_migrations where status = 'failed'")).toContain(
      "Duplicate entry 'ada@example.com' for key 'people.once'",
    );
  }, 240_000);

  test('a deploy leaves the fingerprint of the schema: the function finds what was done by hand since, and dumps it', async () => {
    const bench = await mysqlBench();
    const stack = new DeployedStack(aws, bench.local);
    await stack.create(synthesize(first, {}, engine));
    expect((await stack.hook.act({ action: 'verify' })).value).toMatchObject({
      sound: true,
      drift: false,
      dataApiCalls: 4,
    });
    await bench.raw.query('ALTER TABLE users ADD COLUMN by_hand text');
    expect((await stack.hook.act({ action: 'verify' })).value).toMatchObject({
      sound: false,
      drift: true,
      driftIn: ['table'],
      driftOf: [{ kind: 'table', name: 'users', change: 'changed' }],
    });
    folder('sql', first);
    const differs = await terminal(stack, 'diff', '--dir', 'sql');
    expect(differs).toMatchObject({
      code: 1,
      words: expect.stringMatching(/@@ table users: changed @@.*\+ `by_hand` text/),
    });
    const { value } = await stack.hook.act({ action: 'dump' });
    expect(value).toMatchObject({ objects: 2, notDumped: [], text: expect.stringContaining('`by_hand` text') });
  }, 240_000);

  test('who is who: renamed is not run again; executed before, or edited without effect, stops the deploy', async () => {
    const bench = await mysqlBench();
    const stack = new DeployedStack(aws, bench.local);
    const notes = { '003_notes.sql': 'CREATE TABLE IF NOT EXISTS notes (id int);\n' };
    const users = { '001_users.sql': 'CREATE TABLE users (id int);\n', ...notes };
    const fill = 'INSERT INTO users VALUES (1);\n';
    const update = (files: Record<string, string>) => stack.update(synthesize(files, {}, engine));
    await stack.create(synthesize({ ...users, '002_fill.sql': fill }, {}, engine));
    expect((await update({ ...users, '002_fill_users.sql': fill })).status).toBe('UPDATE_COMPLETE');
    for (const [files, says] of [
      [
        { ...users, '004_more.sql': fill },
        /004_more has the statements of 002_fill_users, which is applied here and.*again:002_fill_users/s,
      ],
      [
        {
          ...users,
          '002_fill_users.sql': fill,
          '003_notes.sql': 'CREATE TABLE IF NOT EXISTS notes (id int, text text);\n',
        },
        /003_notes was changed after it was applied, and to apply it again may change nothing/,
      ],
    ] as const) {
      const { status, responses } = await update(files);
      expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(responses[0]!.Reason).toMatch(says);
    }
    expect(await bench.sql('select id from users')).toEqual([[1]]);
    expect(await attempts(bench)).toEqual([
      '001_users applied 1',
      '002_fill applied 1',
      '003_notes applied 1',
      '002_fill_users applied 1',
    ]);
  }, 240_000);
});
