-- Migration: The tracking tables
-- Description: What aurora-migrations keeps in the database that it migrates
--
-- Each part below a line of === is one statement, sent by itself; all may run again, also at the same time. No bare `:name` (the Data API would
-- read it as a parameter). "schema_migrations" stands for the options schema and table. Later versions only add columns that may be null, so that
-- older code, rolled back to, still works. Times are UTC.

-- === One row for each attempt to apply, revert or baseline a migration. Rows are never deleted, and a row is final once it has ended.
-- A running attempt updates a small row: content, revert_content and their facts are null until it was applied, or failed half-way.
CREATE TABLE IF NOT EXISTS schema_migrations (
  name varchar(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  attempt int NOT NULL,
  direction varchar(4) NOT NULL,          -- up, down
  status varchar(16) NOT NULL,            -- running, applied, failed, reverted, baselined, replaced
  version varchar(200),
  checksum char(64) NOT NULL,             -- SHA-256 of the file
  statements_checksum char(64) NOT NULL,  -- SHA-256 over the tokens of its statements
  statements int,
  statements_applied int,
  other_name varchar(200) CHARACTER SET ascii COLLATE ascii_bin, -- of a row that only joins names: the name before, or the squash
  applied_checksum char(16),              -- of the statements applied, chained
  statement_checksums longtext,           -- of each statement applied, where the attempt failed half-way, JSON
  in_flight longtext,                     -- statements sent whose outcome is not recorded, and what they are judged by, JSON
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
  content longtext,                       -- the up statements as they were applied
  content_facts longtext,                 -- what the compiler knew of them, JSON
  revert_content longtext,                -- the down statements that belong to them
  revert_facts longtext,
  PRIMARY KEY (name, attempt)
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin

-- === The row "lease" says which run may write. The row "objects" holds a hash of each object of the schema, as the last run with steps left it.
CREATE TABLE IF NOT EXISTS schema_migrations_lease (
  id varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  run_id varchar(64),
  requested_by text,
  migration varchar(200),
  acquired_at datetime(6),
  expires_at datetime(6),
  schema_fingerprint longtext             -- of the schema, as the last run with steps left it
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin

-- === The lease itself.
INSERT IGNORE INTO schema_migrations_lease (id) VALUES ('lease')

-- === One row for each deploy hook: its newest request, and those before it, so that one delivered late is known as such.
CREATE TABLE IF NOT EXISTS schema_migrations_hooks (
  hook varchar(700) CHARACTER SET ascii COLLATE ascii_bin NOT NULL PRIMARY KEY,
  request_id varchar(200) NOT NULL,
  state varchar(8) NOT NULL,              -- open: a waiter works for it; done; deleted: its resource is gone
  earlier_requests text,                  -- separated by spaces, newest first
  requested_at datetime(6) NOT NULL
) ENGINE = InnoDB DEFAULT CHARACTER SET = utf8mb4 COLLATE = utf8mb4_bin
