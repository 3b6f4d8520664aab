-- Migration: The tracking tables
-- Description: What aurora-migrations keeps in the database that it migrates
--
-- Sent as one statement (the body of a DO, in single quotes), after a lock that makes two first runs wait for each other. Therefore:
-- no dollar quotes and no bare `:name` (the Data API would read them as parameters), no backslashes, and everything may run again.
-- "public.schema_migrations" stands for the options schema and table. Later versions only add columns that may be null; a function
-- that changes gets a new number and the old one stays, so that older code, rolled back to, still finds its own.

-- One row for each attempt to apply, revert or baseline a migration. Rows are never deleted, and a row is final once it has ended.
-- A running attempt updates a small row: content, revert_content and their facts are null until it was applied, or failed half-way.
CREATE TABLE IF NOT EXISTS public.schema_migrations (
  name text NOT NULL,
  attempt integer NOT NULL,
  direction text NOT NULL,            -- up, down
  status text NOT NULL,               -- running, applied, failed, reverted, baselined, replaced
  version text,
  checksum text NOT NULL,             -- SHA-256 of the file
  statements_checksum text NOT NULL,  -- SHA-256 over the tokens of its statements
  statements integer,
  statements_applied integer,
  other_name text,                    -- of a row that only joins names: the name before, or the squash that contains it
  applied_checksum text,              -- of the statements applied, chained; null: the script is one transaction
  statement_checksums text,           -- of each statement, where the attempt failed half-way, JSON
  in_flight text,                     -- a statement sent outside of a transaction whose outcome is not recorded, JSON
  started_at timestamptz NOT NULL,
  finished_at timestamptz,
  execution_time_ms bigint,
  error_code text,                    -- SQLSTATE
  error_message text,
  error_detail text,
  error_hint text,
  error_statement integer,
  error_line integer,
  run_id text,
  hook text,                          -- StackId/LogicalId of the deploy hook
  requested_by text,
  tool_version text,
  content text,                       -- the up statements as they were applied
  content_facts text,                 -- what the compiler knew of them, JSON
  revert_content text,                -- the down statements that belong to them
  revert_facts text,
  PRIMARY KEY (name, attempt)
);

-- One row, "lease": which run may write. It is locked while one does.
CREATE TABLE IF NOT EXISTS public.schema_migrations_lease (
  id text PRIMARY KEY,
  run_id text,
  requested_by text,
  migration text,
  acquired_at timestamptz,
  expires_at timestamptz,
  schema_fingerprint text             -- of the schema, as the last run with steps left it
);
INSERT INTO public.schema_migrations_lease (id) VALUES ('lease') ON CONFLICT DO NOTHING;

-- One row for each deploy hook: its newest request, and those before it, so that one delivered late is known as such.
CREATE TABLE IF NOT EXISTS public.schema_migrations_hooks (
  hook text PRIMARY KEY,
  request_id text NOT NULL,
  state text NOT NULL,                -- open: a waiter works for it; done; deleted: its resource is gone
  earlier_requests text,              -- separated by spaces, newest first
  requested_at timestamptz NOT NULL
);

-- What no transaction takes back and no setting names: temporary objects, notifications, locks, statements and cursors of the session.
CREATE OR REPLACE FUNCTION public.schema_migrations_discard_1() RETURNS void LANGUAGE plpgsql AS '
DECLARE
  g record;
BEGIN
  -- First, for no table is dropped that one of them reads. Those of PL/pgSQL end by themselves, and one is our own call.
  FOR g IN SELECT c.name FROM pg_catalog.pg_cursors c WHERE c.is_holdable
      OR c.name <> '''' AND c.name NOT LIKE ''<unnamed portal%'' AND c.statement NOT LIKE ''/* aurora-migrations %'' LOOP
    EXECUTE pg_catalog.format(''CLOSE %I'', g.name);
  END LOOP;
  DISCARD TEMP;
  UNLISTEN *;
  PERFORM pg_catalog.pg_advisory_unlock_all();
  FOR g IN SELECT p.name FROM pg_catalog.pg_prepared_statements p WHERE p.from_sql LOOP
    EXECUTE pg_catalog.format(''DEALLOCATE %I'', g.name);
  END LOOP;
END';

-- Makes the session as new, for a pooled connection may carry anything, and returns what it found. The caller, in the same transaction, is left
-- with the search path pg_catalog: whatever else stood in it could have operators of its own.
CREATE OR REPLACE FUNCTION public.schema_migrations_open_session_1() RETURNS pg_catalog.jsonb LANGUAGE plpgsql AS '
DECLARE
  path pg_catalog.text = pg_catalog.current_setting(''search_path'');
  quiet pg_catalog.text = pg_catalog.set_config(''search_path'', ''pg_catalog'', true);
  known pg_catalog.text = pg_catalog.current_setting(''aurora_migrations.settings'', true);
  role pg_catalog.text = pg_catalog.current_setting(''role'');
  list pg_catalog.text;
  names pg_catalog.text[];
  held pg_catalog.text[];
  fresh pg_catalog.text[];
  carried pg_catalog.jsonb;
BEGIN
  PERFORM public.schema_migrations_discard_1();
  PERFORM pg_catalog.set_config(''role'', ''none'', true);
  -- To ask for the settings that there are takes a millisecond: it is done once a connection, which remembers in one of its own their names
  -- in a line, and below it the values that a new session has. Where those are still held, nothing is carried, and none is asked for twice.
  list = pg_catalog.split_part(known, pg_catalog.chr(10), 1);
  IF coalesce(list, '''') = '''' THEN
    -- temp_buffers cannot be put back once it is in use.
    list = pg_catalog.array_to_string(ARRAY(SELECT p.name FROM pg_catalog.pg_settings p WHERE p.context IN (''user'', ''superuser'')
      AND p.name NOT IN (''search_path'', ''statement_timeout'', ''temp_buffers'', ''transaction_isolation'', ''transaction_read_only'', ''transaction_deferrable'')), '' '');
  END IF;
  names = pg_catalog.string_to_array(list, '' '');
  held = ARRAY(SELECT pg_catalog.current_setting(pg_catalog.unnest(names), true));
  IF known IS DISTINCT FROM list || pg_catalog.chr(10) || held::pg_catalog.text THEN
    BEGIN  -- What a new session would have: seen, and taken back.
      RESET ALL;
      fresh = ARRAY(SELECT pg_catalog.current_setting(pg_catalog.unnest(names), true));
      RAISE ''seen'' USING ERRCODE = ''AM000'';
    EXCEPTION WHEN SQLSTATE ''AM000'' THEN NULL;
    END;
    PERFORM pg_catalog.set_config(''aurora_migrations.settings'', list || pg_catalog.chr(10) || fresh::pg_catalog.text, false);
    IF held IS DISTINCT FROM fresh THEN
      SELECT pg_catalog.jsonb_object_agg(s.name, s.value) INTO carried
        FROM ROWS FROM (pg_catalog.unnest(names), pg_catalog.unnest(held), pg_catalog.unnest(fresh)) s(name, value, of_new) WHERE s.value IS DISTINCT FROM s.of_new;
      PERFORM pg_catalog.set_config(c.name, NULL, true) FROM pg_catalog.jsonb_object_keys(carried) c(name);
    END IF;
  END IF;
  -- It may be that of the transaction around the call. What stands below it stays unless the migration sets its own.
  PERFORM pg_catalog.set_config(''statement_timeout'', NULL, true);
  -- Unknown before PostgreSQL 17; unlike statement_timeout it can be stopped from within.
  IF coalesce(pg_catalog.current_setting(''transaction_timeout'', true), ''0'') <> ''0'' THEN
    PERFORM pg_catalog.set_config(''transaction_timeout'', ''0'', true);
  END IF;
  RETURN pg_catalog.jsonb_build_object(''carried'', carried, ''path'', path, ''role'', role, ''session_user'', session_user);
END';

-- Puts back what open_session found.
CREATE OR REPLACE FUNCTION public.schema_migrations_close_session_1(was pg_catalog.jsonb) RETURNS void LANGUAGE plpgsql AS '
DECLARE
  known pg_catalog.text = pg_catalog.current_setting(''aurora_migrations.settings'', true);
  path_of_new pg_catalog.text;
BEGIN
  PERFORM public.schema_migrations_discard_1();
  -- Not name by name: a SET LOCAL may hide a SET, which would come to light when the transaction ends.
  RESET ALL;
  path_of_new = pg_catalog.current_setting(''search_path'');
  PERFORM pg_catalog.set_config(''search_path'', ''pg_catalog'', true), pg_catalog.set_config(''aurora_migrations.settings'', known, false);
  IF was->>''carried'' IS NOT NULL THEN
    PERFORM pg_catalog.set_config(c.name, c.value, false) FROM pg_catalog.jsonb_each_text(was->''carried'') c(name, value);
  END IF;
  IF was->>''path'' <> path_of_new THEN PERFORM pg_catalog.set_config(''search_path'', was->>''path'', false); END IF;
  -- Last: it may be one that has no right to any of this.
  IF (was->''role_was_set'')::pg_catalog.bool THEN PERFORM pg_catalog.set_config(''role'', was->>''role'', false); END IF;
END';

-- The last before the statements of a migration, which see what a new session would: also where somebody has set, since this connection
-- remembered its settings, one that was not there then.
CREATE OR REPLACE FUNCTION public.schema_migrations_reset_session_1(lock_timeout pg_catalog.text) RETURNS void LANGUAGE plpgsql AS '
DECLARE
  known pg_catalog.text = pg_catalog.current_setting(''aurora_migrations.settings'');
  path pg_catalog.text;
BEGIN
  RESET ALL;
  path = pg_catalog.current_setting(''search_path'');
  PERFORM pg_catalog.set_config(''search_path'', ''pg_catalog'', true), pg_catalog.set_config(''aurora_migrations.settings'', known, false);
  -- Unknown before PostgreSQL 17; unlike statement_timeout it can be stopped from within.
  IF coalesce(pg_catalog.current_setting(''transaction_timeout'', true), ''0'') <> ''0'' THEN
    PERFORM pg_catalog.set_config(''transaction_timeout'', ''0'', true);
  END IF;
  PERFORM pg_catalog.set_config(''lock_timeout'', lock_timeout, true), pg_catalog.set_config(''search_path'', path, true);
END';

-- Renews the lease of this run, a sign of life from when the transaction ends: until then the lock on the row is one. Or gives it back, when the
-- run needs it no longer; then the request of its hook is done, where one is named.
CREATE OR REPLACE FUNCTION public.schema_migrations_keep_lease_1(m pg_catalog.jsonb, finished pg_catalog.bool)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS '
BEGIN
  UPDATE public.schema_migrations_lease l SET
      run_id = CASE WHEN NOT finished THEN l.run_id END,
      requested_by = CASE WHEN NOT finished THEN l.requested_by END,
      migration = CASE WHEN NOT finished THEN m->>''name'' END,
      expires_at = CASE WHEN NOT finished THEN pg_catalog.clock_timestamp() + (m->>''lease'')::pg_catalog.interval END
    WHERE l.id = ''lease'';
  IF finished THEN
    UPDATE public.schema_migrations_hooks h SET state = ''done'' WHERE h.hook = m->>''hook'' AND h.request_id = m->>''request_id'';
  END IF;
END';

-- Writes where an attempt stands: a new row, or the next state of its own row. Renews or gives back the lease. Returns the answer of the call:
-- never the content, and each text cut, for an answer over 1 MiB would report an error for a committed migration.
CREATE OR REPLACE FUNCTION public.schema_migrations_record_1(m pg_catalog.jsonb, content pg_catalog.text, down pg_catalog.text,
  status pg_catalog.text, failure pg_catalog.jsonb)
RETURNS pg_catalog.text LANGUAGE plpgsql AS '
DECLARE
  is_up pg_catalog.bool = m->>''direction'' = ''up'';
  step pg_catalog.int4 = failure->>''step'';
  done pg_catalog.int4 = m->>(CASE WHEN status = ''failed'' THEN ''done'' ELSE ''to'' END);
  -- The content is written when an attempt has succeeded or failed half-way, as far as the call has it.
  facts pg_catalog.text = CASE WHEN status NOT IN (''running'', ''failed'') OR status = ''failed'' AND done > 0 THEN m->>''facts'' END;
  ended pg_catalog.timestamptz = CASE WHEN status <> ''running'' THEN pg_catalog.clock_timestamp() END;
  released pg_catalog.bool = m ? ''releases'' AND status IN (''applied'', ''reverted'');
  ms pg_catalog.int8;
BEGIN
  IF facts IS NULL THEN content = NULL; down = NULL; END IF;
  INSERT INTO public.schema_migrations AS h (name, attempt, direction, status, version, checksum, statements_checksum, statements, statements_applied,
      applied_checksum, statement_checksums, in_flight, started_at, finished_at, execution_time_ms,
      error_code, error_message, error_detail, error_hint, error_statement, error_line,
      run_id, hook, requested_by, tool_version, content, content_facts, revert_content, revert_facts)
    VALUES (m->>''name'', (m->>''attempt'')::pg_catalog.int4, m->>''direction'', status, m->>''version'', m->>''checksum'', m->>''statements_checksum'',
      (m->>''statements'')::pg_catalog.int4, done, m->>(CASE WHEN status = ''failed'' THEN ''done_checksum'' ELSE ''to_checksum'' END),
      CASE WHEN status = ''failed'' AND facts IS NOT NULL THEN m->''facts''->>''sums'' END,
      CASE WHEN status = ''failed'' OR status = ''running'' AND m->''to'' = m->''done'' THEN m->>''in_flight'' END,
      (m->>''began'')::pg_catalog.timestamptz, ended, (extract(epoch FROM ended - (m->>''began'')::pg_catalog.timestamptz) * 1000.0)::pg_catalog.int8,
      failure->>''code'', pg_catalog.left(failure->>''message'', 4000), pg_catalog.left(failure->>''detail'', 4000), pg_catalog.left(failure->>''hint'', 1000), step,
      coalesce(m->''facts''->''lines''->>(step - 1), m->''lines''->>(step - 1 - (m->>''done'')::pg_catalog.int4))::pg_catalog.int4,
      m->>''run_id'', m->>''hook'', m->>''requested_by'', m->>''tool_version'',
      CASE WHEN is_up THEN content END, CASE WHEN is_up THEN facts END,
      CASE WHEN is_up THEN down ELSE content END, CASE WHEN NOT is_up THEN facts WHEN facts IS NOT NULL THEN m->>''down_facts'' END)
    ON CONFLICT (name, attempt) DO UPDATE SET status = excluded.status, statements_applied = excluded.statements_applied,
      applied_checksum = excluded.applied_checksum, statement_checksums = excluded.statement_checksums, in_flight = excluded.in_flight,
      finished_at = ended, execution_time_ms = (extract(epoch FROM ended - h.started_at) * 1000.0)::pg_catalog.int8,
      error_code = excluded.error_code, error_message = excluded.error_message, error_detail = excluded.error_detail,
      error_hint = excluded.error_hint, error_statement = excluded.error_statement, error_line = excluded.error_line,
      content = excluded.content, content_facts = excluded.content_facts, revert_content = excluded.revert_content, revert_facts = excluded.revert_facts
    RETURNING h.execution_time_ms INTO ms;
  -- Without the row the migration would be done once more.
  IF NOT FOUND THEN RAISE ''the row of the attempt was not written, for a trigger, a rule or a policy of the table took it out''; END IF;
  PERFORM public.schema_migrations_keep_lease_1(m, released);
  RETURN pg_catalog.jsonb_build_object(''status'', status, ''attempt'', m->''attempt'', ''ms'', ms, ''released'', released) || coalesce(failure, ''{}'');
END';

-- Executes a range of the statements of a script, or none of them, and records it, in the one transaction of the call: a whole migration, one
-- statement of it, a checkpoint around a statement that is sent by itself, or its failure. The row is the proof of what was committed.
CREATE OR REPLACE FUNCTION public.schema_migrations_run_1(meta pg_catalog.text, content pg_catalog.text, down pg_catalog.text)
RETURNS pg_catalog.text LANGUAGE plpgsql AS '
DECLARE
  m pg_catalog.jsonb = pg_catalog.jsonb_build_object(''began'', pg_catalog.clock_timestamp()) || meta::pg_catalog.jsonb;
  holder pg_catalog.text;
  last record;
  next record;
  was pg_catalog.jsonb;
  -- Cut by bytes: substring() by characters reads a text of many megabytes from its beginning each time.
  bytes pg_catalog.bytea;
  texts pg_catalog.text[] = ''{}'';
  cursors pg_catalog.int4[];  -- statements that return rows, which would otherwise all be held in memory
  -- applied or reverted at the end of the script, and running before
  status pg_catalog.text = CASE WHEN m->''to'' <> m->''statements'' THEN ''running'' WHEN m->>''direction'' = ''up'' THEN ''applied'' ELSE ''reverted'' END;
  step pg_catalog.int4 = m->>''done'';
  statement pg_catalog.text;
  one record;
  answer pg_catalog.text;
  code pg_catalog.text; msg pg_catalog.text; det pg_catalog.text; hint pg_catalog.text; ctx pg_catalog.text;
  raised_at pg_catalog.text[];
BEGIN
  -- A timer that runs already cannot be stopped from within its statement.
  IF pg_catalog.current_setting(''statement_timeout'') <> ''0'' THEN RETURN ''{"status":"statement-timeout"}''; END IF;
  SELECT l.run_id INTO holder FROM public.schema_migrations_lease l WHERE l.id = ''lease'' FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN ''{"status":"busy"}''; END IF;
  -- Where a newer request of its hook has been recorded, the run hears so when it wants the lease again.
  IF holder IS DISTINCT FROM m->>''run_id'' OR m->>''request_id'' IS NOT NULL AND NOT EXISTS (SELECT FROM public.schema_migrations_hooks o
      WHERE o.hook = m->>''hook'' AND o.request_id = m->>''request_id'') THEN RETURN ''{"status":"fenced"}''; END IF;
  was = public.schema_migrations_open_session_1();
  IF m->>''attempt'' IS NULL THEN
    SELECT h.checksum, h.statements_checksum, h.status INTO last FROM public.schema_migrations h
      WHERE h.name = m->>''name'' AND h.status IN (''applied'', ''reverted'', ''baselined'', ''replaced'')
        AND h.attempt > coalesce((m->>''seen_attempt'')::pg_catalog.int4, 0) ORDER BY h.attempt DESC LIMIT 1;
    IF m->>''direction'' = ''up'' AND last.status <> ''reverted'' AND last.statements_checksum = m->>''statements_checksum''
      OR m->>''direction'' = ''down'' AND (last.status IS NULL OR last.status = ''reverted'') THEN
      RETURN ''{"status":"already"}'';
    END IF;
    -- The same request, delivered once more: a run begins a migration once.
    IF EXISTS (SELECT FROM public.schema_migrations h WHERE h.name = m->>''name'' AND h.run_id = m->>''run_id'') THEN
      RETURN ''{"status":"fenced"}'';
    END IF;
    IF m->>''direction'' = ''down'' THEN  -- the row is about what was applied, whatever the file has become
      m = m || pg_catalog.jsonb_build_object(''checksum'', last.checksum, ''statements_checksum'', last.statements_checksum);
    END IF;
    -- A row that says running belongs to a run that died: this one holds the lease.
    UPDATE public.schema_migrations h SET status = ''failed'', finished_at = pg_catalog.clock_timestamp(), error_code = ''interrupted'',
        error_message = ''the run ended before this migration did'', error_statement = h.statements_applied + 1
      WHERE h.name = m->>''name'' AND h.status = ''running'';
    SELECT coalesce(pg_catalog.max(h.attempt), 0) + 1 AS attempt INTO next FROM public.schema_migrations h WHERE h.name = m->>''name'';
    m = m || pg_catalog.jsonb_build_object(''attempt'', next.attempt);
  ELSIF NOT EXISTS (SELECT FROM public.schema_migrations h WHERE h.name = m->>''name'' AND h.attempt = (m->>''attempt'')::pg_catalog.int4
      AND h.status = ''running'' AND h.statements_applied = step) THEN
    RETURN ''{"status":"fenced"}'';  -- another run has moved the checkpoint: as good as having lost the lease
  END IF;
  IF m ? ''failure'' THEN RETURN public.schema_migrations_record_1(m, content, down, ''failed'', m->''failure''); END IF;
  IF m ? ''executes'' THEN
    bytes = pg_catalog.convert_to(content, ''UTF8'');
    SELECT pg_catalog.array_agg(pg_catalog.convert_from(pg_catalog.substring(bytes, (q.ends - q.size + 1)::pg_catalog.int4, q.size), ''UTF8'') ORDER BY q.nth)
        FILTER (WHERE q.runs) INTO texts
      FROM (SELECT p.x::pg_catalog.int4 > 0 AS runs, pg_catalog.abs(p.x::pg_catalog.int4) AS size, p.nth,
          pg_catalog.sum(pg_catalog.abs(p.x::pg_catalog.int4)) OVER (ORDER BY p.nth) AS ends
        FROM pg_catalog.jsonb_array_elements_text(coalesce(m->''pieces'', m->''facts''->''pieces'')) WITH ORDINALITY p(x, nth)) q;
    -- What earlier statements have set is set again before them; a number below those of the statements counts it.
    texts = ARRAY(SELECT x FROM pg_catalog.jsonb_array_elements_text(m->''settings'') WITH ORDINALITY q(x, i) ORDER BY i) || coalesce(texts, ''{}'');
    step = step - pg_catalog.jsonb_array_length(m->''settings'');
    cursors = ARRAY(SELECT x::pg_catalog.int4 FROM pg_catalog.jsonb_array_elements_text(coalesce(m->''rows'', m->''facts''->''rows'')) q(x));
    bytes = NULL;
  END IF;
  -- From here to the last statement all is done as whom the migration says and with its search path: no function of ours may be called, for
  -- its role may have no right to.
  IF m ? ''bare'' THEN
    -- Without the block below, which is a subtransaction: a value added to an enum that the same transaction made may be used only so.
    PERFORM public.schema_migrations_reset_session_1(m->>''lock_timeout'');
    FOREACH statement IN ARRAY texts LOOP
      step = step + 1;
      IF step = ANY (cursors) THEN FOR one IN EXECUTE statement LOOP NULL; END LOOP; ELSE EXECUTE statement; END IF;
    END LOOP;
    SET CONSTRAINTS ALL IMMEDIATE;
    PERFORM pg_catalog.set_config(''search_path'', ''pg_catalog'', true);
    was = was || pg_catalog.jsonb_build_object(''role_was_set'', pg_catalog.current_setting(''role'') <> ''none'');
    IF session_user <> was->>''session_user'' THEN PERFORM pg_catalog.set_config(''session_authorization'', was->>''session_user'', false); END IF;
    PERFORM pg_catalog.set_config(''role'', ''none'', true);
    answer = public.schema_migrations_record_1(m, content, down, status, NULL);
    PERFORM public.schema_migrations_close_session_1(was);
    RETURN answer;
  END IF;
  BEGIN
    PERFORM public.schema_migrations_reset_session_1(m->>''lock_timeout'');
    FOREACH statement IN ARRAY texts LOOP
      step = step + 1;
      IF step = ANY (cursors) THEN FOR one IN EXECUTE statement LOOP NULL; END LOOP; ELSE EXECUTE statement; END IF;
    END LOOP;
    -- What fails from here on fails at the end: behind the last statement of a script that is one transaction.
    IF NOT m ? ''stepwise'' THEN step = step + 1; END IF;
    SET CONSTRAINTS ALL IMMEDIATE;
    PERFORM pg_catalog.set_config(''search_path'', ''pg_catalog'', true);
    was = was || pg_catalog.jsonb_build_object(''role_was_set'', pg_catalog.current_setting(''role'') <> ''none'');
    IF session_user <> was->>''session_user'' THEN PERFORM pg_catalog.set_config(''session_authorization'', was->>''session_user'', false); END IF;
    PERFORM pg_catalog.set_config(''role'', ''none'', true);
    answer = public.schema_migrations_record_1(m, content, down, status, NULL);
    PERFORM public.schema_migrations_close_session_1(was);
    RETURN answer;
  EXCEPTION WHEN query_canceled OR assert_failure OR OTHERS THEN
    GET STACKED DIAGNOSTICS msg = MESSAGE_TEXT, det = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT, code = RETURNED_SQLSTATE, ctx = PG_EXCEPTION_CONTEXT;
    -- Below the detail the function that it was raised in, where that is one of a trigger: the statement may be right. Its name as it was written,
    -- and the line: triggers call functions without arguments.
    raised_at = pg_catalog.regexp_match(ctx, ''PL/pgSQL function ([^()]+)[(][)] line ([0-9]+)'');
    IF raised_at IS NOT NULL THEN
      SELECT pg_catalog.concat(t.what, '' runs function '', raised_at[1], ''(), which failed on its line '', raised_at[2]) INTO ctx FROM (
        SELECT e.evtfoid, pg_catalog.concat(''Event trigger '', pg_catalog.quote_ident(e.evtname))
          FROM pg_catalog.pg_event_trigger e WHERE e.evtenabled <> ''D''
        UNION ALL SELECT g.tgfoid, pg_catalog.concat(''Trigger '', pg_catalog.quote_ident(g.tgname), '' of '', g.tgrelid::pg_catalog.regclass)
          FROM pg_catalog.pg_trigger g WHERE NOT g.tgisinternal AND g.tgenabled <> ''D''
      ) t(function, what) JOIN pg_catalog.pg_proc p ON p.oid = t.function JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE raised_at[1] IN (pg_catalog.quote_ident(p.proname), pg_catalog.concat(pg_catalog.quote_ident(n.nspname), ''.'', pg_catalog.quote_ident(p.proname)))
        ORDER BY t.what LIMIT 1;
      det = pg_catalog.concat_ws(pg_catalog.chr(10), nullif(det, ''''), ctx);
    END IF;
    PERFORM public.schema_migrations_discard_1();
    m = m || pg_catalog.jsonb_build_object(''failure'', pg_catalog.jsonb_build_object(''step'', greatest(step, (m->>''done'')::pg_catalog.int4 + 1), ''code'', code,
      ''message'', pg_catalog.left(msg, 4000), ''detail'', pg_catalog.left(nullif(det, ''''), 4000), ''hint'', pg_catalog.left(nullif(hint, ''''), 1000)));
    -- What is tried again leaves a row only the last time.
    IF code = ANY (ARRAY(SELECT pg_catalog.jsonb_array_elements_text(m->''again''))) THEN
      PERFORM public.schema_migrations_keep_lease_1(m, false);
      RETURN pg_catalog.jsonb_build_object(''status'', ''failed'', ''again'', true) || (m->''failure'');
    END IF;
    RETURN public.schema_migrations_record_1(m, content, down, ''failed'', m->''failure'');
  END;
END';

-- What a run leaves for verify to compare with: the schema as a short text, which the query makes under the settings that decide how
-- definitions are written. Nothing comes after it, so the lease is given back with it.
CREATE OR REPLACE FUNCTION public.schema_migrations_fingerprint_1(meta pg_catalog.text, query pg_catalog.text)
RETURNS pg_catalog.text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS '
DECLARE
  m pg_catalog.jsonb = meta;
  fingerprint pg_catalog.text;
BEGIN
  PERFORM pg_catalog.set_config(s.key, s.value, true) FROM pg_catalog.jsonb_each_text(m->''settings'') s;
  PERFORM FROM public.schema_migrations_lease l WHERE l.id = ''lease'' AND l.run_id = m->>''run_id'' FOR UPDATE;
  IF NOT FOUND THEN RETURN ''fenced''; END IF;
  EXECUTE query INTO fingerprint;
  UPDATE public.schema_migrations_lease SET schema_fingerprint = fingerprint WHERE id = ''lease'';
  PERFORM public.schema_migrations_keep_lease_1(m, true);
  RETURN ''released'';
END';

REVOKE ALL ON FUNCTION public.schema_migrations_discard_1(),
  public.schema_migrations_open_session_1(), public.schema_migrations_close_session_1(pg_catalog.jsonb),
  public.schema_migrations_reset_session_1(pg_catalog.text), public.schema_migrations_keep_lease_1(pg_catalog.jsonb, pg_catalog.bool),
  public.schema_migrations_record_1(pg_catalog.jsonb, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.jsonb),
  public.schema_migrations_run_1(pg_catalog.text, pg_catalog.text, pg_catalog.text),
  public.schema_migrations_fingerprint_1(pg_catalog.text, pg_catalog.text) FROM PUBLIC;
