import { describe, expect, test } from 'vitest';
import { delimited, inContext, storedProgram } from '../../lib/engine/mysql/schema/stored.ts';
import { tableObjects } from '../../lib/engine/mysql/schema/table.ts';
import { linesOf, withoutDefiner, written } from '../../lib/engine/mysql/schema/text.ts';
import { layOut, withoutDatabase } from '../../lib/engine/mysql/schema/view.ts';

describe('what SHOW CREATE writes', () => {
  test('a table comes apart at its lines, not at those within quotes', () => {
    const sql =
      "CREATE TABLE `t` (\n  `a\n  CONSTRAINT ``x`` FOREIGN KEY` int COMMENT 'AUTO_INCREMENT=3,',\n  `b` varchar(1) COLLATE latin1_bin DEFAULT 'COLLATE latin1_bin',\n" +
      '  `c` varchar(1) CHARACTER SET latin1 COLLATE latin1_bin,\n  CONSTRAINT `k``ey` FOREIGN KEY (`b`) REFERENCES `u` (`id`)\n' +
      ") ENGINE=InnoDB AUTO_INCREMENT=7 DEFAULT CHARSET=latin1 COLLATE=latin1_bin COMMENT=' AUTO_INCREMENT=7'\n/*!50100 PARTITION BY HASH (`b`)\nPARTITIONS 2 */";
    expect(tableObjects('t', sql)).toEqual([
      {
        kind: 'table',
        name: 't',
        sql:
          "CREATE TABLE `t` (\n  `a\n  CONSTRAINT ``x`` FOREIGN KEY` int COMMENT 'AUTO_INCREMENT=3,',\n  `b` varchar(1) DEFAULT 'COLLATE latin1_bin',\n" +
          "  `c` varchar(1) CHARACTER SET latin1 COLLATE latin1_bin\n) ENGINE=InnoDB DEFAULT CHARSET=latin1 COLLATE=latin1_bin COMMENT=' AUTO_INCREMENT=7'\n" +
          '/*!50100 PARTITION BY HASH (`b`)\nPARTITIONS 2 */;',
      },
      {
        kind: 'foreign key',
        name: 't.`k``ey`',
        sql: 'ALTER TABLE `t` ADD CONSTRAINT `k``ey` FOREIGN KEY (`b`) REFERENCES `u` (`id`);',
      },
    ]);
    expect(linesOf("a'\n'\nb`\n`")).toEqual(["a'\n'", 'b`\n`']);
  });

  test('a view is laid out, with nothing changed in quotes or brackets', () => {
    expect(
      layOut(
        "CREATE VIEW `v` (`a`,`b`) AS select 'x, from y' AS `a`,(select max(`t`.`i`) from `t` where 1) AS ` from ` from `u` join `w` where (`u`.`a` in (1,2)) order by 1,2",
      ),
    ).toBe(
      "CREATE VIEW `v` (`a`,`b`) AS\nselect 'x, from y' AS `a`,\n  (select max(`t`.`i`) from `t` where 1) AS ` from `\nfrom `u` join `w`\nwhere (`u`.`a` in (1,2))\norder by 1,\n  2",
    );
  });

  test('the name of its own database, as older servers write it, is left out; aliases and other databases are not', () => {
    const tables = new Set(['`t`', '`my``v`']);
    const without = (sql: string) => withoutDatabase(sql, 'app', tables);
    expect(
      without(
        "select `app`.`t`.`id` AS `id`,`app`.`f`(`x`.`app`) AS `app`,'`app`.`t`' AS `q` from (`app`.`t` join `other`.`t` join `app`.`my``v` `x`)",
      ),
    ).toBe(
      "select `t`.`id` AS `id`,`f`(`x`.`app`) AS `app`,'`app`.`t`' AS `q` from (`t` join `other`.`t` join `my``v` `x`)",
    );
    expect(without('select `app`.`id` AS `id` from `t` `app`')).toBe('select `app`.`id` AS `id` from `t` `app`');
    expect(without('select `other`.`app`.`t` AS `t` from `other`.`app`')).toBe(
      'select `other`.`app`.`t` AS `t` from `other`.`app`',
    );
  });

  test('whose it is, is left out, however it is quoted', () => {
    expect(withoutDefiner('CREATE DEFINER=`a``@b`@`%` PROCEDURE `p`() SELECT 1')).toBe(
      'CREATE PROCEDURE `p`() SELECT 1',
    );
    expect(withoutDefiner('CREATE ALGORITHM=MERGE DEFINER="r""t"@"h" SQL SECURITY INVOKER VIEW `v` AS select 1')).toBe(
      'CREATE ALGORITHM=MERGE SQL SECURITY INVOKER VIEW `v` AS select 1',
    );
    expect(withoutDefiner("CREATE TRIGGER `g` SET @x = 'CREATE DEFINER=`a`@`b` '")).toContain('DEFINER=');
  });

  test('names are quoted where they need it', () => {
    expect(['users', 'a$1', '1a', 'a-b', 'a`b', 'ä'].map(written)).toEqual([
      'users',
      'a$1',
      '`1a`',
      '`a-b`',
      '`a``b`',
      '`ä`',
    ]);
  });
});

describe('routines, triggers and events', () => {
  test('stand between delimiters where a semicolon would not do', () => {
    expect(delimited('CREATE FUNCTION f() RETURNS int RETURN 1')).toBe('CREATE FUNCTION f() RETURNS int RETURN 1;');
    expect(delimited('BEGIN DO 1; END')).toBe('DELIMITER ;;\nBEGIN DO 1; END\n;;\nDELIMITER ;');
    expect(delimited('RETURN 1 # end')).toBe('DELIMITER ;;\nRETURN 1 # end\n;;\nDELIMITER ;');
    expect(delimited("BEGIN SET @a = ';; // $$'; END")).toBe(
      "DELIMITER ||\nBEGIN SET @a = ';; // $$'; END\n||\nDELIMITER ;",
    );
    expect(delimited(';; // $$ || ~~')).toMatch(/^DELIMITER ;;14\n/);
  });

  test('are made in the session that they were made in, which is put back', () => {
    const usual = { sqlMode: 'NO_ENGINE_SUBSTITUTION', collation: 'utf8mb4_0900_ai_ci' };
    expect(inContext('X;', usual, 'utf8mb4_bin')).toBe('X;');
    expect(inContext('X;', { ...usual, sqlMode: '', databaseCollation: 'latin1_bin' }, 'utf8mb4_bin')).toBe(
      "ALTER DATABASE COLLATE latin1_bin;\nSET sql_mode = '';\nX;\nSET sql_mode = 'NO_ENGINE_SUBSTITUTION';\nALTER DATABASE COLLATE utf8mb4_bin;",
    );
    const context = { ...usual, databaseCollation: 'utf8mb4_bin', timeZone: 'SYSTEM' };
    const event =
      "CREATE DEFINER=`a`@`b` EVENT `e STARTS 'x'` ON SCHEDULE EVERY '1:2' HOUR_MINUTE STARTS '2020-01-01 00:00:00' ON COMPLETION PRESERVE DO DO 1;";
    expect(storedProgram(event, context, { collation: 'utf8mb4_bin' }, true)).toBe(
      "SET time_zone = 'SYSTEM';\nCREATE EVENT `e STARTS 'x'` ON SCHEDULE EVERY '1:2' HOUR_MINUTE ON COMPLETION PRESERVE DO DO 1;\nSET time_zone = '+00:00';",
    );
  });
});
