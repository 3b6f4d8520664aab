import pg from 'pg';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Rehearsal } from '../../../lib/core/rehearsal.ts';
import { blocks, document, shape } from '../../docs/markdown.ts';
import { ensureRole, freshDatabase } from '../../support/postgresql.ts';
import { folder, inTemporaryFolder, run } from '../run.ts';

inTemporaryFolder();

const READER = 'rehearsal_reader';

/** A database of its own, and a user who may only read it. */
async function target() {
  const database = await freshDatabase();
  const raw = new pg.Client(database.url);
  raw.on('error', () => {}); // The database is dropped under it.
  await raw.connect();
  onTestFinished(async () => {
    await raw.end();
    await database.drop();
  });
  await ensureRole(READER, `login password '${READER}'`);
  await raw.query(`alter role ${READER} set default_transaction_read_only = on`);
  const reader = Object.assign(new URL(database.url), { username: READER, password: READER }).href;
  const sql = async (text: string) => (await raw.query({ text, rowMode: 'array' })).rows as unknown[][];
  const mayRead = () =>
    sql(`grant select on all tables in schema public to ${READER}; revoke create on schema public from public`);
  return { url: database.url, reader, sql, mayRead };
}

const json = ({ stdout }: { stdout: string }) => JSON.parse(stdout) as Rehearsal;
const up = (name: string, rehearsal: Rehearsal) =>
  rehearsal.migrations.find(one => one.name === name && one.direction === 'up')!;

describe('rehearse on PostgreSQL', () => {
  const USERS = 'CREATE TABLE users (id int PRIMARY KEY, name text);\n';

  test('finds the failure that the deploy would have where the schema has drifted, and writes nothing to the database', async () => {
    const { url, reader, sql, mayRead } = await target();
    folder('drift', { '001_users.sql': USERS });
    expect(await run(['up', '--dir', 'drift', '--url', url])).toMatchObject({ code: 0 });
    await sql('alter table users add column extra int');
    await mayRead();
    folder('drift', {
      '001_users.sql': USERS,
      '002_index.sql': 'CREATE INDEX users_name ON users (name);\nGRANT SELECT ON users TO rehearsal_unknown;\n',
      '003_extra.sql': 'COMMENT ON TABLE users IS $$u$$;\nALTER TABLE users ADD COLUMN extra int;\n',
      '004_later.sql': 'CREATE TABLE later ();\n',
    });
    const everything = () =>
      sql(`select m::text, l::text from schema_migrations m, schema_migrations_lease l order by 1, 2`);
    const before = await everything();
    const { code, stdout, stderr } = await run(['rehearse', '--dir', 'drift', '--url', reader]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(await everything()).toEqual(before);
    expect(stdout).toContain('SHARE on public.users: blocks writes');
    expect(stdout).toContain('stand-in was made for the role rehearsal_unknown, which a migration names');
    expect(stdout).toContain('○ 004_later: not tried');
    expect(stdout).toContain('1 would work, 1 would fail, 1 not tried');
    expect(stdout).toContain('+CREATE INDEX users_name ON public.users USING btree (name);');
    expect(stdout).not.toContain('later (');
    await ensureRole('rehearsal_unknown');
    const deployed = await run(['up', '--dir', 'drift', '--url', url]);
    expect(deployed.code).toBe(1);
    const said = paragraph(deployed.stdout, '✗ 003_extra failed at ');
    expect(said).toContain('column "extra" of relation "users" already exists');
    expect(paragraph(stdout, '✗ 003_extra would fail at ')).toBe(said);
    const [, remedy = ''] = / Next +(.+)/.exec(deployed.stdout)!;
    expect(stdout).toContain(remedy);
  });

  test('takes the locks, rewrites and reads what the same statements do on a table with rows', async () => {
    const { url, sql } = await target();
    const tables = `CREATE TABLE parents (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, c int, parent_id int);
CREATE INDEX t_c ON t (c);\n`;
    const statements = {
      '002_index': 'CREATE INDEX t_parent ON t (parent_id)',
      '003_volatile_default': 'ALTER TABLE t ADD COLUMN u uuid DEFAULT gen_random_uuid()',
      '004_type': 'ALTER TABLE t ALTER COLUMN c TYPE bigint',
      '005_not_null': 'ALTER TABLE t ALTER COLUMN c SET NOT NULL',
      '006_foreign_key': 'ALTER TABLE t ADD FOREIGN KEY (parent_id) REFERENCES parents (id)',
      '007_not_valid': 'ALTER TABLE t ADD CHECK (c > 0) NOT VALID',
      '008_reindex': 'REINDEX INDEX t_c',
    };
    folder('effects', { '001_tables.sql': tables });
    expect(await run(['up', '--dir', 'effects', '--url', url])).toMatchObject({ code: 0 });
    const files = Object.entries(statements).map(([name, text]) => [`${name}.sql`, `${text};\n`]);
    const outside = `-- migrate:up transaction:false
CREATE INDEX CONCURRENTLY t_u ON t (u);
VACUUM FULL parents;
`;
    folder('effects', { '001_tables.sql': tables, ...Object.fromEntries(files), '009_outside.sql': outside });
    const { code, stdout } = await run(['rehearse', '--dir', 'effects', '--url', url, '--json']);
    expect(code).toBe(0);
    const rehearsal = json({ stdout });
    const example = JSON.parse(blocks(document('FORMAT.md')).find(({ info }) => info === 'rehearse')!.text);
    const indexOnly = {
      migrations: rehearsal.migrations.slice(0, 1),
      changes: [rehearsal.changes.find(one => one.change === 'added')],
    };
    expect(shape({ ...rehearsal, ...indexOnly, unknown: rehearsal.unknown.slice(0, 1) })).toEqual(shape(example));
    await sql('insert into parents select g from generate_series(1, 1000) g');
    await sql('insert into t select g, g, g from generate_series(1, 1000) g; analyze');
    for (const [name, text] of Object.entries(statements)) {
      const [effects, more] = up(name, rehearsal).effects;
      expect(more).toBeUndefined();
      const { locks, rewritten, scanned } = effects!;
      const measured = await measure(url, text);
      const modes = Object.fromEntries(locks!.map(({ relation, mode }) => [relation, mode]));
      expect({ name, locks: modes, rewritten }).toEqual({ name, locks: measured.locks, rewritten: measured.rewritten });
      expect({ name, scans: scanned!.includes('public.t') }).toEqual({ name, scans: measured.scans });
    }
    expect(up('003_volatile_default', rehearsal).effects[0]).toEqual({
      statement: null,
      line: null,
      locks: [{ relation: 'public.t', mode: 'ACCESS EXCLUSIVE', blocks: 'reads and writes' }],
      rewritten: ['public.t', 'public.t_c', 'public.t_parent', 'public.t_pkey'],
      scanned: [],
    });
    const lock = (relation: string, mode: string, blocks: string) => ({ relation, mode, blocks });
    expect(up('009_outside', rehearsal).effects).toEqual([
      {
        ...{ statement: 1, line: 2, rewritten: [], scanned: null },
        locks: [lock('public.t', 'SHARE UPDATE EXCLUSIVE', 'nothing')],
      },
      {
        ...{ statement: 2, line: 3, rewritten: ['public.parents', 'public.parents_pkey'], scanned: null },
        locks: [lock('public.parents', 'ACCESS EXCLUSIVE', 'reads and writes')],
      },
    ]);
    expect(up('008_reindex', rehearsal).effects[0]!.locks).toContainEqual({
      relation: 'public.t_c',
      mode: 'ACCESS EXCLUSIVE',
      blocks: 'reads and writes',
    });
  });

  test('undoes what was pending and nothing else; a later version and a repeatable one; nothing is pending', async () => {
    const { url, sql } = await target();
    const applied = {
      '001_users.sql': USERS,
      '003_more.sql': 'CREATE TABLE more ();\n-- migrate:down\nDROP TABLE more;\n',
    };
    const call = (...argv: string[]) => run([...argv, '--dir', 'down', '--url', url]);
    folder('down', { ...applied, 'R__names.sql': 'CREATE OR REPLACE VIEW names AS SELECT name FROM users;\n' });
    expect(await call('up')).toMatchObject({ code: 0 });
    // Nobody but the database has these.
    await sql(
      'create schema app; create table app.t (id int primary key); create policy own on app.t to public using (true)',
    );
    const nothing = await call('rehearse', '--json');
    expect(nothing.code).toBe(0);
    expect(json(nothing)).toMatchObject({
      outcome: 'nothing-to-do',
      migrations: [],
      changes: [],
      copy: { leftOut: [] },
    });
    folder('down', {
      ...applied,
      '002_late.sql':
        '-- migrate:up\nALTER TABLE app.t ADD COLUMN n int;\n-- migrate:down\nALTER TABLE app.t DROP COLUMN n;\n',
      'R__names.sql': 'CREATE OR REPLACE VIEW names AS SELECT name, id FROM users;\n',
    });
    const { code, stdout } = await call('rehearse', '--down', '--json');
    const rehearsal = json({ stdout });
    expect({ code, problems: rehearsal.problems }).toEqual({ code: 0, problems: [] });
    expect(rehearsal.migrations.map(({ name, direction, result }) => `${name} ${direction} ${result}`)).toEqual([
      '002_late up works',
      'R__names up works',
      '002_late down works',
    ]);
    expect(rehearsal.changes.map(({ name, change }) => `${name} ${change}`)).toEqual([
      'app.t changed',
      'public.names changed',
    ]);
  });
});

/** What a failure says, from its place to the caret. */
function paragraph(text: string, title: string): string {
  const lines = text.slice(text.indexOf(title) + title.length).split('\n');
  return lines.slice(0, 4).join('\n');
}

/** Executes a statement, and looks at what it did from its own transaction, in which the table has rows. */
async function measure(url: string, statement: string) {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const files = async () =>
      new Map<string, string>(
        (
          await client.query(
            `select relname, pg_relation_filenode(oid) as file from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'i') and relname !~ '^schema_mig'`,
          )
        ).rows.map(({ relname, file }) => [`public.${relname}`, String(file)]),
      );
    const read = async () =>
      Number((await client.query(`select pg_stat_get_xact_tuples_returned('t'::regclass) as n`)).rows[0].n);
    await client.query('begin');
    const [before, readBefore] = [await files(), await read()];
    await client.query(statement);
    const [after, readAfter] = [await files(), await read()];
    const { rows } = await client.query(
      `select 'public.' || c.relname as name, c.relkind as kind, array_agg(l.mode) as modes from pg_locks l join pg_class c on c.oid = l.relation
       where l.pid = pg_backend_pid() and c.relnamespace = 'public'::regnamespace group by c.relname, c.relkind`,
    );
    await client.query('commit');
    const rewritten = [...before].flatMap(([name, file]) => (after.get(name) !== file ? [name] : [])).sort();
    const held = (rows as { name: string; kind: string; modes: string }[])
      .filter(({ name }) => before.has(name))
      .map(({ name, kind, modes }) => ({ name, kind, mode: strongest(`${modes}`) }));
    const ofTable = new Map(held.map(({ name, mode }) => [name, mode]));
    const told = held.filter(
      ({ kind, mode }) => kind === 'r' || (mode === 'ACCESS EXCLUSIVE' && ofTable.get('public.t') !== mode),
    );
    return {
      locks: Object.fromEntries(told.map(({ name, mode }) => [name, mode])),
      rewritten,
      scans: readAfter > readBefore && !rewritten.includes('public.t'),
    };
  } finally {
    await client.end();
  }
}

function strongest(modes: string): string | undefined {
  const order = [
    'ACCESS SHARE',
    'ROW SHARE',
    'ROW EXCLUSIVE',
    'SHARE UPDATE EXCLUSIVE',
    'SHARE',
    'SHARE ROW EXCLUSIVE',
    'EXCLUSIVE',
    'ACCESS EXCLUSIVE',
  ];
  const spoken = modes
    .replace(/[{}]/g, '')
    .split(',')
    .map(mode =>
      mode
        .replace(/Lock$/, '')
        .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
        .toUpperCase(),
    );
  return order.findLast(mode => spoken.includes(mode));
}
