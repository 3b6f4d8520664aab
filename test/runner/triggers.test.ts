import pg from 'pg';
import { expect, test } from 'vitest';
import { type Bench, bench } from '../support/migrations.ts';
import { asSuperuser } from '../support/postgresql.ts';

/** Of somebody who wants every table to have row level security, and a log of what was made: the log is found by the search path only. */
const EVENT_TRIGGER = `create table ddl_log (tag text, object text);
  create function log_ddl() returns event_trigger language plpgsql security definer as $$
  declare r record;
  begin
    for r in select * from pg_event_trigger_ddl_commands() loop
      insert into ddl_log values (r.command_tag, r.object_identity);
      if r.command_tag = 'CREATE TABLE' then execute format('alter table %s enable row level security', r.object_identity); end if;
    end loop;
  end $$;
  create event trigger logs_ddl on ddl_command_end execute function log_ddl()`;

const TABLES = { '001_t': 'create table p (id int primary key);\ncreate table c (id int, p int references p);' };

async function asOwner({ url }: Pick<Bench, 'url'>, sql: string): Promise<void> {
  // The superuser, because only it makes event triggers.
  const client = new pg.Client(asSuperuser(url));
  await client.connect();
  await client.query(sql);
  await client.end();
}

test('an event trigger that fails when the tracking tables are made is named, with what to do', async () => {
  const made = await bench();
  await asOwner(made, EVENT_TRIGGER);
  await expect(made.up(TABLES)).rejects.toMatchObject({
    problems: [
      {
        message: 'The database refused: relation "ddl_log" does not exist (SQLSTATE 42P01)',
        remedy:
          'An event trigger failed, in its function public.log_ddl(): correct that function (where it does not find a name, set its search_path), or disable the trigger, then run again',
      },
    ],
  });
  // What it says helps.
  await asOwner(made, 'alter function log_ddl() set search_path = public');
  expect(await made.up(TABLES)).toMatchObject({ outcome: 'applied', applied: [expect.any(String), '001_t'] });
});

test.each([
  ['in one transaction', ''],
  ['statement by statement', '-- migrate:up transaction:false\n'],
])('an event trigger that fails in a migration is named, not the file, in `status` too: %s', async (_, head) => {
  const made = await bench();
  await made.up(TABLES);
  await asOwner(made, `${EVENT_TRIGGER}; drop table ddl_log`);
  const files = { ...TABLES, '002_x': `${head}select 1;\ncreate table x ();` };
  const failed = (await made.up(files)).migrations.at(-1)!;
  const told = /Event trigger logs_ddl failed, in its function log_ddl\(\): correct that function/;
  expect(failed.error).toMatchObject({
    code: '42P01',
    statement: 2,
    line: head === '' ? 2 : 3,
    detail: 'Event trigger logs_ddl runs function log_ddl(), which failed on its line 5',
    remedy: expect.stringMatching(told),
  });
  expect((await made.status(files)).migrations.at(-1)!.error!.remedy).toMatch(told);
});

test('an audit trigger of a table is named; what it refuses is told as before', async () => {
  const { up, raw } = await bench();
  await up(TABLES);
  await raw.query(`create schema audit; create table audit.rows (id int);
    create function audit.note() returns trigger language plpgsql as $$begin
      if new.id < 0 then raise 'no negative id'; end if;
      insert into audit.rows (id, who) values (new.id, current_user);
      return new; end$$;
    create trigger notes after insert on p for each row execute function audit.note()`);
  expect((await up({ ...TABLES, '002_x': 'insert into p values (1);' })).migrations.at(-1)!.error).toMatchObject({
    code: '42703',
    remedy: expect.stringMatching(
      /^It was rolled back completely\. Trigger notes of public\.p failed, in its function audit\.note\(\): correct that/,
    ),
  });
  expect((await up({ ...TABLES, '002_x': 'insert into p values (-1);' })).migrations.at(-1)!.error).toMatchObject({
    code: 'P0001',
    remedy: expect.stringMatching(
      /^It was rolled back completely\. Trigger notes of public\.p refused this \(function audit\.note\(\)\): do what its/,
    ),
  });
});

test('a function that the file itself calls is no trigger', async () => {
  const { up } = await bench();
  const sql = `create function f() returns void language plpgsql as $$begin perform 1/0; end$$;\nselect f();`;
  expect((await up({ '001_f': sql })).migrations.at(-1)!.error).toMatchObject({ code: '22012', detail: null, line: 2 });
});
