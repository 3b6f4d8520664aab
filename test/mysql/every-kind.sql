-- Every kind of object, and what goes wrong easily. Read by the mysql client.
ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
SET time_zone = '+03:00';
SET sql_mode = '';

CREATE TABLE users (
  id bigint unsigned NOT NULL AUTO_INCREMENT,
  email varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name varchar(100) DEFAULT 'it''s "x" \\ `y` -- no comment' COMMENT 'line one
line two, with ''quotes'', "more", a \\ and a ; and ) ENGINE=MyISAM AUTO_INCREMENT=5',
  born timestamp NULL DEFAULT '2020-01-01 10:00:00',
  zero datetime NOT NULL DEFAULT '0000-00-00 00:00:00',
  made timestamp(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6),
  token varbinary(16) DEFAULT (uuid_to_bin(uuid())),
  flags bit(3) DEFAULT b'101',
  year year DEFAULT 2020,
  data json DEFAULT (json_object('a', 1, 'b', ':name')),
  mood enum('so so','it''s','a,b') NOT NULL DEFAULT 'a,b',
  tags set('x','y') DEFAULT 'x,y',
  secret int DEFAULT 7 INVISIBLE,
  price decimal(10,2) unsigned zerofill DEFAULT NULL,
  total decimal(12,2) GENERATED ALWAYS AS (price * 2) STORED,
  upper_name varchar(120) GENERATED ALWAYS AS (concat(upper(name), _latin1'x', '\'')) VIRTUAL COMMENT 'made',
  manager_id bigint unsigned DEFAULT NULL,
  `CONSTRAINT ``x`` FOREIGN KEY` int DEFAULT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY users_email (email),
  KEY name_part (name(10) DESC, born) USING BTREE COMMENT 'an index',
  KEY hidden (born) INVISIBLE,
  KEY functional ((lower(name)), (cast(data->'$.tags' AS char(10) ARRAY))),
  CONSTRAINT adult CHECK (born < '2100-01-01' AND name <> 'a,
b'),
  CONSTRAINT lax CHECK (price > 0) NOT ENFORCED,
  CONSTRAINT manager FOREIGN KEY (manager_id) REFERENCES users (id) ON DELETE SET NULL ON UPDATE CASCADE
) AUTO_INCREMENT = 500 COMMENT = 'people; AUTO_INCREMENT=7';
INSERT INTO users (email) VALUES ('a'), ('b');

CREATE TABLE a_first (id int PRIMARY KEY, b_id int, KEY b_id (b_id)) ROW_FORMAT = COMPRESSED KEY_BLOCK_SIZE = 8;
CREATE TABLE b_second (id int PRIMARY KEY, a_id int, CONSTRAINT to_a FOREIGN KEY (a_id) REFERENCES a_first (id) ON DELETE CASCADE);
ALTER TABLE a_first ADD CONSTRAINT to_b FOREIGN KEY (b_id) REFERENCES b_second (id);

CREATE TABLE texts (
  id int NOT NULL PRIMARY KEY, body text, title text, place point NOT NULL SRID 4326,
  FULLTEXT KEY words (title, body), FULLTEXT KEY grams (body) WITH PARSER ngram, SPATIAL KEY place (place)
) DEFAULT CHARSET = latin1;
CREATE TABLE archived (id int, KEY (id) USING HASH) ENGINE = MEMORY MAX_ROWS = 10 STATS_PERSISTENT = 0;
CREATE TABLE parts (id int NOT NULL, at date NOT NULL, what varchar(10) NOT NULL, PRIMARY KEY (id, at))
  PARTITION BY RANGE (to_days(at)) SUBPARTITION BY HASH (id) SUBPARTITIONS 2
  (PARTITION p0 VALUES LESS THAN (to_days('2020-01-01')) COMMENT = 'old', PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE TABLE lists (id int NOT NULL, code varchar(5) NOT NULL) PARTITION BY LIST COLUMNS (code)
  (PARTITION a VALUES IN ('x', 'it''s'), PARTITION b VALUES IN ('y'));

-- Names
CREATE TABLE `we``ird "na'me". -- x` (`co``l;umn` int PRIMARY KEY, `a
b` int COMMENT 'é😀', KEY `ke``y` (`a
b`), CONSTRAINT `ch``eck` CHECK (`co``l;umn` > 0));
CREATE TABLE `größe` (`ä.ö` int, `select` int, CONSTRAINT `fk ``1` FOREIGN KEY (`ä.ö`) REFERENCES `we``ird "na'me". -- x` (`co``l;umn`));
CREATE TABLE `schema_migrations_archive` (id int);

DELIMITER $$
CREATE FUNCTION z_twice(a int /* in; */, b varchar(10)) RETURNS varchar(40) CHARSET utf8mb4 COLLATE utf8mb4_bin
  DETERMINISTIC NO SQL SQL SECURITY INVOKER COMMENT 'it''s; twice'
BEGIN
  -- table: users
  DECLARE found varchar(10) DEFAULT 'a;b';
  IF a > 0 THEN RETURN concat(b, b); END IF;
  RETURN CASE WHEN a = 0 THEN ';' ELSE "x" END;
END$$
CREATE FUNCTION plain(a int) RETURNS int DETERMINISTIC RETURN a + 1 -- at the end
$$
CREATE PROCEDURE `do ``it`(IN a int, INOUT b json, OUT c decimal(5,2))
outer_loop: LOOP
  # a comment; with a semicolon
  BEGIN
    DECLARE EXIT HANDLER FOR SQLEXCEPTION ROLLBACK;
    INSERT INTO nowhere VALUES (1);
    LEAVE outer_loop;
  END;
END LOOP$$
CREATE PROCEDURE only_select() READS SQL DATA SELECT 1 AS one$$
CREATE TRIGGER z_first BEFORE INSERT ON users FOR EACH ROW BEGIN SET NEW.name = trim(NEW.name); SET @x = ';;'; END$$
CREATE TRIGGER a_second BEFORE INSERT ON users FOR EACH ROW SET NEW.email = lower(NEW.email)$$
CREATE TRIGGER between_them BEFORE INSERT ON users FOR EACH ROW FOLLOWS z_first SET NEW.year = 2021$$
CREATE TRIGGER `aft``er` AFTER DELETE ON `we``ird "na'me". -- x` FOR EACH ROW DELETE FROM users$$
DELIMITER ;

CREATE VIEW z_base AS SELECT u.id, u.name, u.email, 'a, from (b' AS `from`, (SELECT max(id) FROM texts) AS newest FROM users u
  LEFT JOIN texts t ON t.id = u.id WHERE u.name LIKE '%\'%' AND u.id IN (1, 2) GROUP BY u.id HAVING count(*) > 0 ORDER BY u.name, u.id LIMIT 5;
CREATE ALGORITHM = MERGE SQL SECURITY INVOKER VIEW a_above (one, two) AS SELECT id, name FROM users WHERE id > 0 WITH LOCAL CHECK OPTION;
CREATE VIEW b_above AS SELECT a.one, z.name FROM a_above a JOIN z_base z ON z.id = a.one;
CREATE ALGORITHM = TEMPTABLE VIEW calling AS SELECT plain(id) AS more FROM users UNION ALL SELECT 2 UNION SELECT max(id) OVER (PARTITION BY name ORDER BY id) FROM users;
CREATE VIEW a_on_calling AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) SELECT n.i, c.more FROM n, calling c;
CREATE VIEW `of ``it` AS SELECT `co``l;umn` AS `a,b`, mysql.help_topic.name FROM `we``ird "na'me". -- x`, mysql.help_topic;

-- In other sessions than that of the dump
SET sql_mode = 'PIPES_AS_CONCAT,NO_ZERO_DATE,STRICT_TRANS_TABLES';
CREATE FUNCTION piped(a text, b text) RETURNS text DETERMINISTIC RETURN a || b;
SET collation_connection = latin1_german2_ci;
CREATE VIEW as_latin1 AS SELECT 'ä' AS a, name FROM users WHERE name = 'ß';
CREATE PROCEDURE as_latin1() SELECT 'ä' = 'ae';
SET NAMES utf8mb4, sql_mode = 'NO_ENGINE_SUBSTITUTION';
CREATE FUNCTION usual() RETURNS int DETERMINISTIC RETURN 1;
ALTER DATABASE CHARACTER SET latin1;
CREATE PROCEDURE before_the_change(a varchar(10)) SELECT a;
ALTER DATABASE CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

DELIMITER //
CREATE EVENT nightly ON SCHEDULE EVERY '1:30' HOUR_MINUTE STARTS '2031-01-01 02:00:00' ENDS '2040-01-01 00:00:00'
  ON COMPLETION PRESERVE DISABLE COMMENT 'it''s; night' DO BEGIN DELETE FROM texts; DELETE FROM lists; END//
CREATE EVENT `on``ce` ON SCHEDULE AT '2039-01-01 00:00:00' DO DELETE FROM users//
DELIMITER ;
