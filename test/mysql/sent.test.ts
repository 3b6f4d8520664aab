import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Script } from '../../lib/core/manifest.ts';
import type { ScriptRun } from '../../lib/engine/engine.ts';
import { Attempt } from '../../lib/engine/mysql/script-run.ts';
import { scan } from '../../lib/local/mysql/scanner.ts';
import { examples } from '../faults/random.ts';
import { compileMysql, describeMysql, mysqlBench } from '../support/mysql.ts';

const both = [true, false];
/** All that the service's scanner may be. */
const SCANNERS = both.flatMap(backslashes =>
  both.flatMap(hashes => both.map(backticks => ({ backslashes, hashes, backticks }))),
);

/** What may be sent of a script as it is: its statements, and what makes the session of each. */
function sent(script: Script): string[] {
  const run = { runId: 'run', lockTimeoutMs: 5000 };
  const attempt = new Attempt({ script, run, name: '001_m' } as ScriptRun);
  return Array.from({ length: attempt.total }, (_, at) => at + 1).flatMap(statement => [
    ...attempt.settings(statement, []),
    `${attempt.tag(statement)} ${attempt.sql(statement)}`,
  ]);
}

const names = (texts: readonly string[]) =>
  texts.flatMap(text => SCANNERS.flatMap(scanner => scan(text, scanner).names.map(name => [name, text])));

/** Comments that a scanner may take for something else, and statements in which something may be taken for a name. */
const comment = fc.constantFrom(
  ...[
    '',
    '-- :a\n',
    "-- don't\n",
    '# plain\n',
    '# see :a\n',
    "# don't\n",
    '# say "\n',
    '# a `\n',
    '# /* \n',
    '# */ :a\n',
  ],
  ...["/* it's :a */", '/* " */ ', '/* # */', '/*!50003 */ ', '# \\\n', "-- '\\'\n", '#--\n'],
);
const statement = fc.constantFrom(
  'create table t (id int primary key, at time)',
  "insert into t values (1, '10:30:00')",
  "update t set at = '11:30' where id = 1",
  "insert into t values (2, 'it\\'s :b')",
  'insert into t values (3, "\\" :b")',
  "set @a = 'it\\'s'",
  "set @b = ':b'",
  "set @c = 'x\\\\', @d = '\\' :b'",
  'set @e = "it\'s :b"',
  "set @f = `@`':b'",
  "create trigger g before insert on t for each row set new.at = ':c'",
  "create procedure p() l:begin # don't :c\n select ':c', `a'b`; end l",
  "create procedure q() begin -- :c\n select 'a\\':c'; /* ' */ select \":c\"; end",
);
const script = fc.array(fc.tuple(comment, comment, statement, comment), { minLength: 1, maxLength: 6 });

describe('what is sent as it is', () => {
  test('holds nothing that the service could take for a parameter, however it reads comments and quotes', async () => {
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(script, async parts => {
        const text = parts.map(([one, other, sql, behind]) => `${one}${other}${sql}${behind};\n`).join('');
        const { bodies, errors } = await compileMysql({ '001_m': text });
        // Refused is as good; and some of them cannot be said otherwise.
        if (errors.length > 0) return;
        accepted++;
        expect(names(sent(bodies.get('001_m')!.up))).toEqual([]);
      }),
      { numRuns: examples(300) },
    );
    expect(accepted).toBeGreaterThan(examples(300) / 3);
  });

  test('comments before it are left out where they could be read otherwise, and only there', async () => {
    const rewritten = async (sql: string) =>
      ((await compileMysql({ '001_m': sql })).bodies.get('001_m')!.up.facts.rewritten ?? []).map(one => one.sql);
    const trigger = "create trigger g before insert on t for each row set new.mood = ':done'";
    expect(await rewritten(`# don't\n${trigger};`)).toEqual([trigger]);
    expect(await rewritten(`# see :x\n${trigger};`)).toEqual([trigger]);
    expect(await rewritten('# see :x\nselect 1;')).toEqual(['select 1']);
    expect(await rewritten(`-- don't, see :x\n/* :y */ ${trigger};`)).toEqual([]);
    expect(await rewritten("# don't\nselect 1;")).toEqual([]);
  });

  test('is not too long because of the comments before it', async () => {
    const { bodies, errors } = await compileMysql({
      '001_m': `/* ${'x'.repeat(70_000)} */ create procedure p() select 1;`,
    });
    expect(errors).toEqual([]);
    expect(bodies.get('001_m')!.up.facts.rewritten).toEqual([{ statement: 1, sql: 'create procedure p() select 1' }]);
  });
});

describeMysql('comments before a trigger', () => {
  test('are none of its text for the service', async () => {
    const bench = await mysqlBench();
    const files = {
      '001_t': 'create table t (id int, mood varchar(9));',
      '002_g':
        "# don't\ncreate trigger g before insert on t for each row set new.mood = ':done';\n# see :x\ninsert into t values (1, '');",
    };
    expect(await bench.up(files)).toMatchObject({ outcome: 'applied' });
    expect(await bench.sql('select mood from t')).toEqual([[':done']]);
  });
});
