import { expect, test } from 'vitest';
import { describeMysql, mysqlBench } from '../support/mysql.ts';

const TABLES = { '001_t': 'create table users (id int primary key, name text);\ncreate table posts (id int);' };

describeMysql('an error in a trigger, on MySQL', () => {
  test('names the trigger, not the file, where the database tells: at once, and to who asks later', async () => {
    const { up, status, raw, local } = await mysqlBench();
    await up(TABLES);
    await raw.query(`create trigger other before insert on users for each row set new.name = 'x';
      create trigger refuses before insert on users for each row
        if new.id < 0 then signal sqlstate '45000' set message_text = 'no negative id'; end if;
      create trigger audit after insert on users for each row insert into audit_log values (new.id);
      create trigger counts after delete on users for each row insert into audit_log values (old.id)`);
    /** What a run says of it, and `status` after that. */
    const failing = async (sql: string) => {
      const files = { ...TABLES, '002_x': sql };
      const { error } = (await up(files)).migrations.at(-1)!;
      const asked = (await status(files)).migrations.at(-1)!.error!;
      expect(asked.message).toBe(error!.message);
      expect(asked.remedy).toContain(/The trigger .*|$/.exec(error!.remedy)![0]);
      return error!;
    };
    expect(await failing('insert into users values (-1, null);')).toMatchObject({
      code: '45000',
      message: 'no negative id (error 1644), in the trigger refuses of users',
      remedy: expect.stringMatching(
        /^Nothing of it was committed\. The trigger refuses of users refused this: do what its message says/,
      ),
    });
    expect(await failing('insert into posts values (1);\ninsert into users (id) values (1);')).toMatchObject({
      code: '42S02',
      statement: 2,
      message: expect.stringMatching(/audit_log' doesn't exist \(error 1146\), in the trigger audit of users$/),
      remedy: 'Statement 1 is committed. The trigger audit of users failed: correct it, or drop it, then run again',
    });
    // The statement itself: nothing is asked, and nobody is blamed.
    local.log.clear();
    const own = await failing('insert into posts values (1);\ninsert into users (id) select id from audit_log;');
    expect(own.message).toMatch(/audit_log' doesn't exist \(error 1146\)$/);
    expect(local.log.entries.filter(({ sql }) => sql?.includes('action_statement'))).toEqual([]);
  });
});
