-- Migration: The tracking tables
-- Description: What aurora-migrations keeps in the database that it migrates
--
-- Each part below a line of === is one statement, sent by itself; all may run again. No bare `:name` (the Data API would read it as a
-- parameter). "schema_migrations" stands for the options schema and table. Later versions only add columns that may be null; a procedure that
-- changes gets a new number and the old one stays, so that older code, rolled back to, still finds its own. Times are UTC.

-- === One row an attempt; rows are never deleted.
CREATE TABLE IF NOT EXISTS schema_migrations (
  name varchar(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  attempt int NOT NULL,
  version varchar(200),
  checksum char(64) NOT NULL,             -- SHA-256 of the file
  statements_checksum char(64) NOT NULL,  -- SHA-256 over the tokens of its statements
  status varchar(16) NOT NULL,            -- running, applied, failed, reverted, baselined, replaced
  content longtext,                       -- the up statements as they were applied
  content_facts longtext,                 -- what the compiler knew of them, JSON
  revert_content longtext,                -- the down statements that belong to them
  revert_facts longtext,
  statements int,
  statements_applied int,
  other_name varchar(200) CHARACTER SET ascii COLLATE ascii_bin, -- of a row that only joins names: the name before, or the squash
  picture longtext,                       -- what is being done outside of a transaction, and how things stood before, JSON
  started_at datetime(6) NOT NULL,
  finished_at datetime(6),
  execution_time_ms bigint,
  error_code varchar(32),                 -- SQLSTATE
  error_message text,
  error_detail text,
  error_hint text,
  error_statement int,
  error_line int,
  run_id varchar(64),
  hook varchar(700),                      -- StackId/LogicalId of the deploy hook
  requested_by text,
  tool_version varchar(64),
  target varchar(16),                     -- what the attempt leads to: applied, reverted
  PRIMARY KEY (name, attempt)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin

-- === The row "lease" says which run may write. A row for each deploy hook holds its newest request, whether a waiter works for it
-- (holder: open, done, deleted), and the requests before it (run_id), so that one delivered late is known as such.
CREATE TABLE IF NOT EXISTS schema_migrations_lease (
  id varchar(700) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  run_id text,
  holder text,
  migration varchar(200),
  request_id varchar(200),
  acquired_at datetime(6),
  expires_at datetime(6),
  schema_fingerprint text                 -- of the schema, as the last run with steps left it
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin

-- === The lease itself.
INSERT IGNORE INTO schema_migrations_lease (id) VALUES ('lease')

-- === What a session carries: called with NULL it is made as new, for a pooled connection may carry anything; called with what was found before,
-- it is put back. Both end what the statements in "ends" end: what a migration has set besides, and its temporary tables.
CREATE PROCEDURE schema_migrations_session_1(IN was json, IN ends json)
SQL SECURITY INVOKER
BEGIN
  DECLARE entry int DEFAULT 0;
  IF was IS NULL THEN
    SET SESSION time_zone = @@global.time_zone, foreign_key_checks = @@global.foreign_key_checks, unique_checks = @@global.unique_checks,
      sql_safe_updates = @@global.sql_safe_updates, sql_notes = @@global.sql_notes, group_concat_max_len = @@global.group_concat_max_len,
      default_storage_engine = @@global.default_storage_engine,
      lc_time_names = @@global.lc_time_names, div_precision_increment = @@global.div_precision_increment,
      auto_increment_increment = @@global.auto_increment_increment, auto_increment_offset = @@global.auto_increment_offset,
      max_execution_time = @@global.max_execution_time, default_week_format = @@global.default_week_format,
      cte_max_recursion_depth = @@global.cte_max_recursion_depth, completion_type = @@global.completion_type,
      sql_auto_is_null = @@global.sql_auto_is_null, timestamp = DEFAULT, autocommit = 1;
  ELSE
    SET SESSION time_zone = was->>'$.time_zone', foreign_key_checks = CAST(was->>'$.foreign_key_checks' AS signed),
      unique_checks = CAST(was->>'$.unique_checks' AS signed), sql_safe_updates = CAST(was->>'$.sql_safe_updates' AS signed),
      sql_notes = CAST(was->>'$.sql_notes' AS signed), group_concat_max_len = CAST(was->>'$.group_concat_max_len' AS unsigned),
      character_set_results = NULLIF(was->>'$.character_set_results', 'null'), default_storage_engine = was->>'$.default_storage_engine',
      lc_time_names = was->>'$.lc_time_names', div_precision_increment = CAST(was->>'$.div_precision_increment' AS unsigned),
      auto_increment_increment = CAST(was->>'$.auto_increment_increment' AS unsigned),
      auto_increment_offset = CAST(was->>'$.auto_increment_offset' AS unsigned),
      max_execution_time = CAST(was->>'$.max_execution_time' AS unsigned), default_week_format = CAST(was->>'$.default_week_format' AS unsigned),
      cte_max_recursion_depth = CAST(was->>'$.cte_max_recursion_depth' AS unsigned), completion_type = was->>'$.completion_type',
      sql_auto_is_null = CAST(was->>'$.sql_auto_is_null' AS signed),
      timestamp = DEFAULT,
      lock_wait_timeout = CAST(was->>'$.lock_wait_timeout' AS unsigned),
      innodb_lock_wait_timeout = CAST(was->>'$.innodb_lock_wait_timeout' AS unsigned), autocommit = CAST(was->>'$.autocommit' AS signed);
  END IF;
  WHILE entry < JSON_LENGTH(ends) DO
    BEGIN
      -- What the user may not set has not been set.
      DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END;
      SET @aurora_migrations_statement = JSON_UNQUOTE(JSON_EXTRACT(ends, CONCAT('$[', entry, ']')));
      PREPARE aurora_migrations FROM @aurora_migrations_statement;
      EXECUTE aurora_migrations;
      DEALLOCATE PREPARE aurora_migrations;
    END;
    SET entry = entry + 1;
  END WHILE;
END

-- === How things stand: a hash over the definitions of objects ([{kind, schema, name}, …]), taken with the queries that are given for their kinds
-- (as @aurora_migrations_schema and _name). NULL: the user may not see what is needed.
CREATE PROCEDURE schema_migrations_picture_1(IN truth varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, IN objects json, IN queries json,
  OUT picture varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin)
READS SQL DATA SQL SECURITY INVOKER
BEGIN
  DECLARE entry int DEFAULT 0;
  DECLARE kind varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
  DECLARE EXIT HANDLER FOR SQLEXCEPTION SET picture = NULL;
  SET picture = NULL, @aurora_migrations_picture = '';
  WHILE entry < JSON_LENGTH(objects) DO
    SET kind = IF(truth = 'identity', truth, JSON_UNQUOTE(JSON_EXTRACT(objects, CONCAT('$[', entry, '].kind'))));
    SET @aurora_migrations_schema = COALESCE(NULLIF(JSON_UNQUOTE(JSON_EXTRACT(objects, CONCAT('$[', entry, '].schema'))), 'null'), DATABASE()),
      @aurora_migrations_name = JSON_UNQUOTE(JSON_EXTRACT(objects, CONCAT('$[', entry, '].name'))),
      @aurora_migrations_statement = CONCAT('SELECT CONCAT(@aurora_migrations_picture, (', JSON_UNQUOTE(JSON_EXTRACT(queries,
        CONCAT('$."', kind, '"'))), ')) INTO @aurora_migrations_picture');
    PREPARE aurora_migrations FROM @aurora_migrations_statement;
    EXECUTE aurora_migrations;
    DEALLOCATE PREPARE aurora_migrations;
    SET entry = entry + 1;
  END WHILE;
  SET picture = SHA2(@aurora_migrations_picture, 256);
END

-- === The witness: executes statements one by one and writes down, together with each, that it is done. What changes rows shares a
-- transaction with its checkpoint; before DDL, which commits by itself, a picture of what it names is kept. Whatever is not a success ends in
-- an error whose text begins with aurora-migrations, for it is not known whether the rows of a CALL come back.
--
-- meta, JSON, without members that are null. op: run, fail. attempt: 0 begins one. target: applied, reverted. done: statements in force; sent:
-- the last of them was sent as it is just now. stop: the statement to stop before; it gets its picture. facts: as compiled. queries: how
-- pictures are taken. leave: the session, for what is sent as it is next; opens: and a transaction in which it is in doubt; open: that is what
-- was left before, and what was sent in it is done. ends: what ends what the script leaves in its session. request_id: of the hook, which may have
-- a newer one. again: a lock or a deadlock is no failure yet. code, message, keep: of a failure (op fail); keep: with its picture.
CREATE PROCEDURE schema_migrations_apply_1(IN meta longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
  IN content longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, IN revert longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin)
SQL SECURITY INVOKER
BEGIN
  DECLARE m json DEFAULT meta;
  DECLARE pieces json DEFAULT m->'$.facts.pieces';
  DECLARE ddl json DEFAULT COALESCE(m->'$.facts.ddl', JSON_ARRAY());
  DECLARE sets json DEFAULT m->'$.facts.session';
  DECLARE bytes longblob DEFAULT CAST(content AS binary);
  -- As the column is, for its index to be of use.
  DECLARE task varchar(200) CHARACTER SET ascii COLLATE ascii_bin DEFAULT m->>'$.name';
  DECLARE run varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT m->>'$.run_id';
  DECLARE target varchar(16) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT m->>'$.target';
  DECLARE n int DEFAULT m->>'$.attempt';
  DECLARE done int DEFAULT m->>'$.done';
  DECLARE stop_at int DEFAULT m->>'$.stop';
  DECLARE total int DEFAULT JSON_LENGTH(m->'$.facts.lines');
  DECLARE was, mark, own json;
  DECLARE conditions, code, piece, position, number, entry int DEFAULT 0;
  DECLARE offset_at bigint DEFAULT 1;
  DECLARE verdict, state, last_status varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
  DECLARE msg, texts text CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
  DECLARE held, hash, last_sum varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
  DECLARE executing boolean DEFAULT FALSE;
  DECLARE stays boolean DEFAULT COALESCE(m->>'$.leave', '') = 'true';
  DECLARE opens boolean DEFAULT COALESCE(m->>'$.opens', '') = 'true';
  DECLARE is_open boolean DEFAULT FALSE;

  DECLARE EXIT HANDLER FOR SQLEXCEPTION
  BEGIN
    IF verdict IS NULL THEN
      -- Warnings come before it; more of them than the server keeps, and it is not among them.
      GET STACKED DIAGNOSTICS conditions = NUMBER;
      IF conditions < @@max_error_count THEN
        GET STACKED DIAGNOSTICS CONDITION conditions code = MYSQL_ERRNO, state = RETURNED_SQLSTATE, msg = MESSAGE_TEXT;
      ELSE
        SET state = 'HY000', msg = 'it failed, and what the database said of that is lost behind its warnings';
      END IF;
    END IF;
    ROLLBACK AND NO CHAIN NO RELEASE;
    IF verdict IS NULL AND executing AND code IN (1205, 1213) AND own->>'$.truth' = 'unknown' THEN
      -- What it did before may stay.
      SET verdict = 'failed', state = 'unknown-outcome', executing = FALSE,
        msg = CONCAT('statement ', number, ' met a lock (error ', code, '), and nothing tells what of it was done before');
    ELSEIF verdict IS NULL AND executing AND code IN (1205, 1213) AND m->>'$.again' = 'true' THEN
      UPDATE schema_migrations h SET h.picture = NULL WHERE h.name = task AND h.attempt = n;
      COMMIT;
      SET verdict = 'again';
    ELSEIF verdict IS NULL AND n > 0 THEN
      SET verdict = 'failed', msg = IF(code = 0, msg, CONCAT(msg, ' (error ', code, ')'));
    END IF;
    IF verdict = 'failed' THEN
      -- Interrupted, or not in the statement itself: then it takes the picture to know what became of it.
      UPDATE schema_migrations h SET h.status = 'failed', h.finished_at = UTC_TIMESTAMP(6),
          h.execution_time_ms = TIMESTAMPDIFF(MICROSECOND, h.started_at, UTC_TIMESTAMP(6)) DIV 1000, h.statements_applied = done,
          h.error_code = state, h.error_message = LEFT(msg, 4000), h.error_statement = done + 1,
          h.error_line = JSON_UNQUOTE(JSON_EXTRACT(m, CONCAT('$.facts.lines[', done, ']'))),
          h.picture = IF(executing AND code NOT IN (1053, 1317, 3024), NULL, h.picture)
        WHERE h.name = task AND h.attempt = n;
      COMMIT;
    END IF;
    IF was IS NOT NULL AND NOT stays THEN
      CALL schema_migrations_session_1(was, m->'$.ends');
      SET @aurora_migrations_was = NULL;
    END IF;
    SET @aurora_migrations_statement = NULL, @aurora_migrations_picture = NULL;
    IF held IS NOT NULL THEN DO RELEASE_LOCK(held); END IF;
    IF verdict IS NULL THEN RESIGNAL; END IF;
    SET msg = CONCAT('aurora-migrations ', verdict);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = msg;
  END;

  -- What a KILL QUERY left open in this session: no handler runs then, and START TRANSACTION would commit it.
  IF COALESCE(m->>'$.open', '') <> 'true' THEN ROLLBACK AND NO CHAIN NO RELEASE; END IF;
  SET held = CONCAT('aurora-migrations ', LEFT(SHA2(CONCAT(DATABASE(), ' schema_migrations ', run), 256), 40));
  IF GET_LOCK(held, 0) <> 1 THEN
    SET held = NULL, verdict = 'busy';
    SIGNAL SQLSTATE '45000';
  END IF;
  -- A session that was made ours already, or was left so by a run that died, still has what was found in it.
  SET was = IF(@aurora_migrations_was IS NOT NULL, CAST(CONVERT(@aurora_migrations_was USING utf8mb4) AS json), JSON_OBJECT(
    'time_zone', @@time_zone, 'foreign_key_checks', @@foreign_key_checks, 'unique_checks', @@unique_checks,
    'sql_safe_updates', @@sql_safe_updates, 'sql_notes', @@sql_notes, 'group_concat_max_len', @@group_concat_max_len,
    'character_set_results', @@character_set_results, 'default_storage_engine', @@default_storage_engine, 'lc_time_names', @@lc_time_names,
    'div_precision_increment', @@div_precision_increment, 'auto_increment_increment', @@auto_increment_increment,
    'auto_increment_offset', @@auto_increment_offset, 'max_execution_time', @@max_execution_time, 'default_week_format', @@default_week_format,
    'cte_max_recursion_depth', @@cte_max_recursion_depth, 'completion_type', @@completion_type,
    'sql_auto_is_null', @@sql_auto_is_null, 'lock_wait_timeout', @@lock_wait_timeout,
    'innodb_lock_wait_timeout', @@innodb_lock_wait_timeout, 'autocommit', @@autocommit));
  IF stays THEN SET @aurora_migrations_was = CAST(was AS char); END IF;
  CALL schema_migrations_session_1(NULL, m->'$.ends');
  -- As in a new session. The server puts these back by itself when a procedure ends.
  SET SESSION sql_mode = @@global.sql_mode;
  SET NAMES utf8mb4;
  SET SESSION lock_wait_timeout = CAST(m->>'$.lock_timeout' AS unsigned), innodb_lock_wait_timeout = CAST(m->>'$.lock_timeout' AS unsigned);

  IF COALESCE(m->>'$.open', '') <> 'true' THEN START TRANSACTION; END IF;
  UPDATE schema_migrations_lease l SET l.migration = task, l.expires_at = UTC_TIMESTAMP(6) + INTERVAL CAST(m->>'$.lease_ms' AS unsigned) * 1000 MICROSECOND
    WHERE l.id = 'lease' AND l.run_id = run;
  IF ROW_COUNT() = 0 THEN
    SET verdict = 'fenced';
    SIGNAL SQLSTATE '45000';
  END IF;
  IF n = 0 THEN
    IF m->>'$.request_id' IS NOT NULL AND NOT EXISTS (SELECT 1 FROM schema_migrations_lease o
      WHERE o.id = m->>'$.hook' AND o.request_id = m->>'$.request_id') THEN
      -- Its hook has a newer request: nothing more is begun for this one.
      SET verdict = 'fenced';
      SIGNAL SQLSTATE '45000';
    END IF;
    SELECT MAX(h.status), MAX(h.statements_checksum) INTO last_status, last_sum FROM schema_migrations h
      WHERE h.name = task AND h.attempt = (SELECT MAX(c.attempt) FROM schema_migrations c
        WHERE c.name = task AND c.status IN ('applied', 'reverted', 'baselined', 'replaced')
          AND c.attempt > CAST(m->>'$.seen_attempt' AS signed));
    IF target = 'applied' AND last_status <> 'reverted' AND last_sum = m->>'$.statements_checksum'
      OR target = 'reverted' AND (last_status IS NULL OR last_status = 'reverted') THEN
      SET verdict = 'already';
      SIGNAL SQLSTATE '45000';
    END IF;
    SELECT COALESCE(MAX(h.attempt), 0) + 1 INTO n FROM schema_migrations h WHERE h.name = task;
    -- The same request, delivered once more: a run begins a migration once.
    IF EXISTS (SELECT 1 FROM schema_migrations h WHERE h.name = task AND h.run_id = run) THEN
      SET verdict = 'fenced', n = 0;
      SIGNAL SQLSTATE '45000';
    END IF;
    SELECT MAX(h.picture) INTO mark FROM schema_migrations h
      WHERE h.name = task AND h.attempt = n - 1 AND h.status IN ('running', 'failed') AND h.target = target;
    -- A row that says running belongs to a run that died: this one holds the lease.
    UPDATE schema_migrations h SET h.status = 'failed', h.finished_at = UTC_TIMESTAMP(6), h.error_code = 'interrupted',
        h.error_message = 'the run ended before this migration did', h.error_statement = h.statements_applied + 1
      WHERE h.name = task AND h.status = 'running';
    INSERT INTO schema_migrations (name, attempt, version, checksum, statements_checksum, status, content, content_facts,
        revert_content, revert_facts, statements, statements_applied, picture, started_at, run_id, hook, requested_by, tool_version, target)
      VALUES (task, n, m->>'$.version', m->>'$.checksum', m->>'$.statements_checksum', 'running',
        IF(target = 'applied', content, NULL), IF(target = 'applied', m->>'$.facts', NULL), IF(target = 'applied', revert, content),
        IF(target = 'applied', m->>'$.revert_facts', m->>'$.facts'), total, done, mark, UTC_TIMESTAMP(6), run, m->>'$.hook',
        m->>'$.requested_by', m->>'$.tool_version', target);
  ELSE
    IF m->>'$.sent' = 'true' THEN
      UPDATE schema_migrations h SET h.statements_applied = done, h.picture = NULL
        WHERE h.name = task AND h.attempt = n AND h.status = 'running' AND h.statements_applied = done - 1;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM schema_migrations h
      WHERE h.name = task AND h.attempt = n AND h.status = 'running' AND h.statements_applied = done) THEN
      SET verdict = 'fenced', n = 0;
      SIGNAL SQLSTATE '45000';
    END IF;
  END IF;
  COMMIT;
  IF m->>'$.op' = 'fail' THEN
    SET verdict = 'failed', state = m->>'$.code', msg = m->>'$.message', executing = COALESCE(m->>'$.keep', '') <> 'true';
    SIGNAL SQLSTATE '45000';
  END IF;

  steps: WHILE position < JSON_LENGTH(pieces) DO
    SET piece = JSON_EXTRACT(pieces, CONCAT('$[', position, ']')), position = position + 1;
    IF piece > 0 THEN
      SET number = number + 1;
      IF number > done THEN
        SET own = NULL;
        WHILE entry < JSON_LENGTH(ddl) AND JSON_EXTRACT(ddl, CONCAT('$[', entry, '].statement')) < number DO SET entry = entry + 1; END WHILE;
        IF JSON_EXTRACT(ddl, CONCAT('$[', entry, '].statement')) = number THEN SET own = JSON_EXTRACT(ddl, CONCAT('$[', entry, ']')); END IF;
        IF mark->>'$.statement' = number THEN
          -- An earlier run may have sent it: done, if its picture has changed since.
          SET hash = NULLIF(mark->>'$.hash', 'null'), msg = NULL;
          IF mark->>'$.truth' IN ('picture', 'identity') AND hash IS NOT NULL THEN
            CALL schema_migrations_picture_1(mark->>'$.truth', mark->'$.objects', m->'$.queries', msg);
          END IF;
          IF mark->>'$.truth' <> 'repeatable' AND msg IS NULL THEN
            SET verdict = 'failed', state = 'unknown-outcome',
              msg = CONCAT('the run ended while statement ', number, ' was at work, and nothing tells whether it was done');
            SIGNAL SQLSTATE '45000';
          END IF;
          IF msg <> hash THEN
            IF mark->>'$.sum' <> JSON_UNQUOTE(JSON_EXTRACT(m, CONCAT('$.facts.sums[', done, ']'))) THEN
              SET verdict = 'failed', state = 'edited-in-force', msg = CONCAT('statement ', number, ' was done by an earlier run, and edited since');
              SIGNAL SQLSTATE '45000';
            END IF;
            UPDATE schema_migrations h SET h.statements_applied = number, h.picture = NULL WHERE h.name = task AND h.attempt = n;
            SET done = number;
          END IF;
          SET mark = NULL;
        END IF;
      END IF;
      IF number > done THEN
        IF own IS NOT NULL THEN
          SET hash = NULL;
          IF own->>'$.truth' IN ('picture', 'identity') THEN
            CALL schema_migrations_picture_1(own->>'$.truth', own->'$.objects', m->'$.queries', hash);
          END IF;
          SET own = JSON_SET(own, '$.hash', hash, '$.sum', JSON_UNQUOTE(JSON_EXTRACT(m, CONCAT('$.facts.sums[', done, ']'))));
        END IF;
        START TRANSACTION;
        UPDATE schema_migrations_lease l
          SET l.expires_at = UTC_TIMESTAMP(6) + INTERVAL CAST(m->>'$.lease_ms' AS unsigned) * 1000 MICROSECOND WHERE l.id = 'lease' AND l.run_id = run;
        IF ROW_COUNT() = 0 THEN
          SET verdict = 'fenced';
          SIGNAL SQLSTATE '45000';
        END IF;
        IF own IS NOT NULL THEN
          UPDATE schema_migrations h SET h.picture = own WHERE h.name = task AND h.attempt = n;
          COMMIT;
        ELSEIF number < stop_at OR opens THEN
          -- Seen by nobody, unless somebody commits what was left behind before its checkpoint.
          UPDATE schema_migrations h SET h.picture = JSON_OBJECT('statement', number, 'truth', 'unknown', 'objects', JSON_ARRAY(), 'hash', NULL,
            'sum', JSON_EXTRACT(m, CONCAT('$.facts.sums[', done, ']'))) WHERE h.name = task AND h.attempt = n;
        END IF;
        IF number >= stop_at THEN
          IF own IS NULL THEN SET is_open = opens; END IF;
          LEAVE steps;
        END IF;
        -- Bytes: of a text PREPARE would keep what collation_connection can hold.
        SET @aurora_migrations_statement = SUBSTRING(bytes, offset_at, piece), executing = TRUE;
        PREPARE aurora_migrations FROM @aurora_migrations_statement;
        EXECUTE aurora_migrations;
        SET executing = FALSE;
        UPDATE schema_migrations h SET h.statements_applied = number, h.picture = NULL WHERE h.name = task AND h.attempt = n;
        COMMIT;
        SET done = number;
        DEALLOCATE PREPARE aurora_migrations;
      ELSEIF number < stop_at AND JSON_CONTAINS(sets, CAST(number AS json)) THEN
        SET @aurora_migrations_statement = SUBSTRING(bytes, offset_at, piece);
        PREPARE aurora_migrations FROM @aurora_migrations_statement;
        EXECUTE aurora_migrations;
        DEALLOCATE PREPARE aurora_migrations;
      END IF;
    END IF;
    SET offset_at = offset_at + ABS(piece);
  END WHILE;

  IF done = total THEN
    UPDATE schema_migrations h SET h.status = target, h.picture = NULL, h.finished_at = UTC_TIMESTAMP(6),
        h.execution_time_ms = TIMESTAMPDIFF(MICROSECOND, h.started_at, UTC_TIMESTAMP(6)) DIV 1000
      WHERE h.name = task AND h.attempt = n;
  END IF;
  IF NOT is_open THEN COMMIT; END IF;
  IF stays THEN
    SET texts = CAST(JSON_OBJECT('sql_mode', @@sql_mode, 'character_set_client', @@character_set_client,
      'character_set_results', @@character_set_results, 'collation_connection', @@collation_connection) AS char), @aurora_migrations_texts = texts;
  ELSE
    CALL schema_migrations_session_1(was, m->'$.ends');
    SET @aurora_migrations_was = NULL;
  END IF;
  SET @aurora_migrations_statement = NULL, @aurora_migrations_picture = NULL;
  DO RELEASE_LOCK(held);
  SELECT JSON_OBJECT('status', h.status, 'attempt', n, 'done', done, 'ms', h.execution_time_ms, 'texts', texts) AS answer
    FROM schema_migrations h WHERE h.name = task AND h.attempt = n;
END
