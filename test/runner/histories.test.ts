import { expect, test } from 'vitest';
import { OBJECTS, replay } from '../faults/histories.ts';
import { rounds, SEED, WHOLE } from '../faults/random.ts';
import { bench, compileFiles } from '../support/migrations.ts';

const HISTORIES = WHOLE ? rounds(200) : 5;

/** Each statement writes its text into `executed`, or fails where it is one that is to fail. */
const TABLES = `
  create table executed (id serial, text text);
  create table failing (text text, nth int);
  create function write() returns trigger language plpgsql as $$
  begin
    if exists (select from failing f where f.text = new.text
        and f.nth = 1 + (select count(*) from executed e where e.text = new.text)) then raise 'to fail'; end if;
    insert into executed (text) values (new.text);
    return null;
  end $$;
  ${OBJECTS.map(name => `create table ${name} (text text); create trigger write after insert on ${name} for each row execute function write();`).join('\n')}`;

test(`${HISTORIES} histories of a team: the runner does on PostgreSQL what the rules say, never twice, never skipped`, {
  timeout: 1_200_000,
}, async () => {
  const made = await bench();
  await made.raw.query(TABLES);
  await made.up({ '001_first': 'select 1;' });
  const seen = await replay(
    {
      sqlOf: ({ text, isOnce, object }) =>
        `insert into ${object} values ('${text}')${isOnce ? '' : ' on conflict do nothing'};`,
      compile: files => compileFiles(files),
      up: migrations => made.up(migrations),
      revert: (migrations, what) => made.revert(migrations, what),
      sql: text => made.sql(text),
      isRestorable: true,
    },
    { histories: HISTORIES, seed: SEED },
  );
  console.log(`PostgreSQL, ${HISTORIES} histories: ${JSON.stringify(seen)}`);
  expect(seen.deploys).toBeGreaterThan(HISTORIES * 3);
});
