import { expect, test } from 'vitest';
import { OBJECTS, replay } from '../faults/histories.ts';
import { rounds, SEED, WHOLE } from '../faults/random.ts';
import { compileMysql, describeMysql, mysqlBench } from '../support/mysql.ts';

const HISTORIES = WHOLE ? rounds(100) : 2;

/** Each statement writes its text into `executed`, or fails where it is one that is to fail. */
const TRIGGER = `begin
    if exists (select 1 from failing f where f.text = new.text
        and f.nth = 1 + (select count(*) from executed e where e.text = new.text)) then
      signal sqlstate '45000' set message_text = 'to fail';
    end if;
    insert into executed (text) values (new.text);
  end`;

describeMysql('MySQL', () => {
  test(`${HISTORIES} histories of a team: the runner does what the rules say, never twice, never skipped`, {
    timeout: 1_200_000,
  }, async () => {
    const made = await mysqlBench();
    await made.raw.query(`create table executed (id int auto_increment primary key, text varchar(100));
      create table failing (text varchar(100), nth int)`);
    for (const name of OBJECTS) {
      await made.raw.query(`create table ${name} (text varchar(100))`);
      await made.raw.query(`create trigger write_${name} before insert on ${name} for each row ${TRIGGER}`);
    }
    await made.up({ '001_first': 'select 1;' });
    const seen = await replay(
      {
        sqlOf: ({ text, isOnce, object }) => `${isOnce ? 'insert' : 'replace'} into ${object} values ('${text}');`,
        compile: files => compileMysql(files),
        up: migrations => made.up(migrations),
        revert: (migrations, what) => made.revert(migrations, what),
        sql: text => made.sql(text),
        isRestorable: false,
      },
      { histories: HISTORIES, seed: SEED },
    );
    console.log(`MySQL, ${HISTORIES} histories: ${JSON.stringify(seen)}`);
    expect(seen.deploys).toBeGreaterThan(HISTORIES * 3);
  });
});
