-- Migration: The tracking tables
-- Description: What aurora-migrations keeps in the database that it migrates
--
-- Sent as one statement (the body of a DO, in single quotes), after a lock that makes two first runs wait for each other. Therefore:
-- no dollar quotes and no bare `:name` (the Data API would read them as parameters), no backslashes, and everything may run again.
-- "public.schema_migrations" stands for the options schema and table. Later versions only add columns that may be null; a function
-- that changes gets a new number and the old one stays, so that older code, rolled back to, still finds its own.

-- One row an attempt; rows are never deleted.
CREATE TABLE IF NOT EXISTS public.schema_migrations (
  name text NOT NULL,
  attempt integer NOT NULL,
  version text,
  checksum text NOT NULL,             -- SHA-256 of the file
  statements_checksum text NOT NULL,  -- SHA-256 over the tokens of its statements
  status text NOT NULL,               -- running, applied, failed, reverted, baselined, replaced
  content text,                       -- the up statements as they were applied
  content_facts text,                 -- what the compiler knew of them, JSON
  revert_content text,                -- the down statements that belong to them
  revert_facts text,
  statements integer,
  statements_applied integer,
  other_name text,                    -- of a row that only joins names: the name before, or the squash that contains it
  picture text,                       -- of a stepwise migration: what is being done outside of a transaction, JSON
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
  PRIMARY KEY (name, attempt)
);

-- The row "lease" says which run may write. A row for each deploy hook holds its newest request (request_id), whether a waiter works for it
-- (holder: open, done, deleted), and the requests before it (run_id), so that one delivered late is known as such.
CREATE TABLE IF NOT EXISTS public.schema_migrations_lease (
  id text PRIMARY KEY,
  run_id text,
  holder text,
  migration text,
  request_id text,
  acquired_at timestamptz,
  expires_at timestamptz,
  schema_fingerprint text
);
INSERT INTO public.schema_migrations_lease (id) VALUES ('lease') ON CONFLICT DO NOTHING;

-- What no transaction takes back and no setting names: temporary objects, notifications, locks, statements and cursors of the session.
CREATE OR REPLACE FUNCTION public.schema_migrations_tidy_1() RETURNS void LANGUAGE plpgsql AS '
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

-- Called with NULL: makes the session as new, for a pooled connection may carry anything, and returns what it found. Called with that: puts
-- it back. Both in the transaction of the caller, who is left with the search path pg_catalog: whatever else stood in it could have operators
-- of its own.
CREATE OR REPLACE FUNCTION public.schema_migrations_session_1(was pg_catalog.jsonb) RETURNS pg_catalog.jsonb LANGUAGE plpgsql AS '
DECLARE
  path pg_catalog.text = pg_catalog.current_setting(''search_path'');
  quiet pg_catalog.text = pg_catalog.set_config(''search_path'', ''pg_catalog'', true);
  known pg_catalog.text = pg_catalog.current_setting(''aurora_migrations.settings'', true);
  list pg_catalog.text;
  names pg_catalog.text[];
  held pg_catalog.text[];
  fresh pg_catalog.text[];
  path_of_new pg_catalog.text;
  carried pg_catalog.jsonb;
  role pg_catalog.text;
BEGIN
  PERFORM public.schema_migrations_tidy_1();
  IF was IS NULL THEN
    role = pg_catalog.current_setting(''role'');
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
  END IF;
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
  RETURN NULL;
END';

-- The last before the statements of a migration, which see what a new session would: also where somebody has set, since this connection
-- remembered its settings, one that was not there then.
CREATE OR REPLACE FUNCTION public.schema_migrations_fresh_1(lock_timeout pg_catalog.text) RETURNS void LANGUAGE plpgsql AS '
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

-- Why the holder of run_id may not write now, as the answer to give, or NULL: then the lease is locked until the transaction ends.
CREATE OR REPLACE FUNCTION public.schema_migrations_refusal_1(m pg_catalog.jsonb) RETURNS pg_catalog.text LANGUAGE plpgsql SET search_path = pg_catalog AS '
DECLARE
  holder pg_catalog.text;
BEGIN
  -- A timer that runs already cannot be stopped from within its statement.
  IF pg_catalog.current_setting(''statement_timeout'') <> ''0'' THEN RETURN ''{"status":"statement-timeout"}''; END IF;
  SELECT l.run_id INTO holder FROM public.schema_migrations_lease l WHERE l.id = ''lease'' FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN ''{"status":"busy"}''; END IF;
  IF holder IS DISTINCT FROM m->>''run_id'' THEN RETURN ''{"status":"fenced"}''; END IF;
  -- A newer request of its hook has been recorded: the run hears so when it wants the lease again.
  IF m->>''request_id'' IS NOT NULL AND NOT EXISTS (SELECT FROM public.schema_migrations_lease l
      WHERE l.id = m->>''hook'' AND l.request_id = m->>''request_id'') THEN RETURN ''{"status":"fenced"}''; END IF;
  RETURN NULL;
END';

-- A sign of life, from when the transaction ends: until then the lock on the lease is one.
CREATE OR REPLACE FUNCTION public.schema_migrations_renew_1(m pg_catalog.jsonb) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS '
BEGIN
  UPDATE public.schema_migrations_lease SET migration = m->>''name'',
    expires_at = pg_catalog.clock_timestamp() + (m->>''lease'')::pg_catalog.interval WHERE id = ''lease'';
END';

-- The lease given back, and what was to be done for the request of the hook is done, where one is named.
CREATE OR REPLACE FUNCTION public.schema_migrations_release_1(m pg_catalog.jsonb) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog AS '
BEGIN
  UPDATE public.schema_migrations_lease SET run_id = CASE id WHEN ''lease'' THEN NULL ELSE run_id END,
      holder = CASE id WHEN ''lease'' THEN NULL ELSE ''done'' END, migration = NULL, expires_at = NULL
    WHERE id = ''lease'' OR id = m->>''hook'' AND request_id = m->>''request_id'';
END';

-- What a call answers: never the content, and each text cut, for an answer over 1 MiB would report an error for a committed migration.
CREATE OR REPLACE FUNCTION public.schema_migrations_answer_1(
  status pg_catalog.text, attempt pg_catalog.int4, began pg_catalog.timestamptz, step pg_catalog.int4,
  code pg_catalog.text, msg pg_catalog.text, det pg_catalog.text, hint pg_catalog.text, ctx pg_catalog.text
) RETURNS pg_catalog.text LANGUAGE sql AS '
  SELECT pg_catalog.jsonb_build_object(''status'', status, ''attempt'', attempt,
    ''ms'', (extract(epoch FROM pg_catalog.clock_timestamp() - began) * 1000.0)::pg_catalog.int8, ''step'', step, ''code'', code,
    ''message'', pg_catalog.left(msg, 4000), ''detail'', pg_catalog.left(det, 4000),
    ''hint'', pg_catalog.left(hint, 1000), ''context'', pg_catalog.left(ctx, 2000))::pg_catalog.text
';

-- The detail of an error, and below it the function that it was raised in, where that is one of a trigger: the statement may be right.
CREATE OR REPLACE FUNCTION public.schema_migrations_detail_1(det pg_catalog.text, ctx pg_catalog.text) RETURNS pg_catalog.text LANGUAGE plpgsql SET search_path = pg_catalog AS '
DECLARE
  -- Its name as it was written, and the line: triggers call functions without arguments.
  at pg_catalog.text[] = pg_catalog.regexp_match(ctx, ''PL/pgSQL function ([^()]+)[(][)] line ([0-9]+)'');
  raiser pg_catalog.text;
BEGIN
  IF at IS NOT NULL THEN
    SELECT pg_catalog.concat(t.what, '' runs function '', at[1], ''(), which failed on its line '', at[2]) INTO raiser FROM (
      SELECT e.evtfoid, pg_catalog.concat(''Event trigger '', pg_catalog.quote_ident(e.evtname))
        FROM pg_catalog.pg_event_trigger e WHERE e.evtenabled <> ''D''
      UNION ALL SELECT g.tgfoid, pg_catalog.concat(''Trigger '', pg_catalog.quote_ident(g.tgname), '' of '', g.tgrelid::pg_catalog.regclass)
        FROM pg_catalog.pg_trigger g WHERE NOT g.tgisinternal AND g.tgenabled <> ''D''
    ) t(function, what) JOIN pg_catalog.pg_proc p ON p.oid = t.function JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      WHERE at[1] IN (pg_catalog.quote_ident(p.proname), pg_catalog.concat(pg_catalog.quote_ident(n.nspname), ''.'', pg_catalog.quote_ident(p.proname)))
      ORDER BY t.what LIMIT 1;
  END IF;
  RETURN nullif(pg_catalog.concat_ws(pg_catalog.chr(10), nullif(det, ''''), raiser), '''');
END';

-- Writes the row of an attempt that is over, and renews the lease, or lets go of it where nothing comes after. In PL/pgSQL, which keeps the plans: SQL would plan both at every call.
CREATE OR REPLACE FUNCTION public.schema_migrations_record_1(
  m pg_catalog.jsonb, content pg_catalog.text, revert pg_catalog.text, attempt pg_catalog.int4, status pg_catalog.text,
  began pg_catalog.timestamptz, step pg_catalog.int4,
  code pg_catalog.text, msg pg_catalog.text, det pg_catalog.text, hint pg_catalog.text
) RETURNS void LANGUAGE plpgsql AS '
BEGIN
  INSERT INTO public.schema_migrations (name, attempt, version, checksum, statements_checksum, status,
      content, content_facts, revert_content, revert_facts, statements, statements_applied,
      started_at, finished_at, execution_time_ms,
      error_code, error_message, error_detail, error_hint, error_statement, error_line,
      run_id, hook, requested_by, tool_version)
    VALUES (m->>''name'', attempt, m->>''version'', m->>''checksum'', m->>''statements_checksum'', status,
      CASE WHEN status = ''applied'' THEN content END, CASE WHEN status = ''applied'' THEN m->>''facts'' END,
      CASE status WHEN ''applied'' THEN revert WHEN ''reverted'' THEN content END,
      CASE status WHEN ''applied'' THEN m->>''revert_facts'' WHEN ''reverted'' THEN m->>''facts'' END,
      pg_catalog.jsonb_array_length(m->''facts''->''lines''),
      CASE WHEN status = ''failed'' THEN 0 ELSE pg_catalog.jsonb_array_length(m->''facts''->''lines'') END,
      began, pg_catalog.clock_timestamp(), (extract(epoch FROM pg_catalog.clock_timestamp() - began) * 1000.0)::pg_catalog.int8,
      code, pg_catalog.left(msg, 4000), pg_catalog.left(det, 4000), pg_catalog.left(hint, 1000),
      step, (m->''facts''->''lines''->>(step - 1))::pg_catalog.int4,
      m->>''run_id'', m->>''hook'', m->>''requested_by'', m->>''tool_version'');
  -- Without the row the migration would be done once more.
  IF NOT FOUND THEN RAISE ''the row of the attempt was not written, for a trigger, a rule or a policy of the table took it out''; END IF;
  IF m ? ''last'' AND status = m->>''target'' THEN
    PERFORM public.schema_migrations_release_1(m);
  ELSE
    PERFORM public.schema_migrations_renew_1(m);
  END IF;
END';

-- A whole migration in the one transaction of the call. Its row is the proof that it was committed.
CREATE OR REPLACE FUNCTION public.schema_migrations_apply_1(meta pg_catalog.text, content pg_catalog.text, revert pg_catalog.text)
RETURNS pg_catalog.text LANGUAGE plpgsql AS '
DECLARE
  m pg_catalog.jsonb = meta;
  began pg_catalog.timestamptz = pg_catalog.clock_timestamp();
  target pg_catalog.text;  -- applied, or reverted: then the content is that of the down section
  refusal pg_catalog.text;
  last record;
  n pg_catalog.int4;
  begun pg_catalog.bool;
  was pg_catalog.jsonb;
  -- Cut by bytes: substring() by characters reads a text of many megabytes from its beginning each time.
  bytes pg_catalog.bytea = pg_catalog.convert_to(content, ''UTF8'');
  pieces pg_catalog.int4[];
  cursors pg_catalog.int4[];  -- statements that return rows, which would otherwise all be held in memory
  piece pg_catalog.int4;
  at pg_catalog.int4 = 1;
  step pg_catalog.int4 = 0;
  statement pg_catalog.text;
  one record;
  answer pg_catalog.text;
  code pg_catalog.text; msg pg_catalog.text; det pg_catalog.text; hint pg_catalog.text; ctx pg_catalog.text;
BEGIN
  refusal = public.schema_migrations_refusal_1(m);
  IF refusal IS NOT NULL THEN RETURN refusal; END IF;
  was = public.schema_migrations_session_1(NULL);
  target = m->>''target'';
  SELECT h.checksum, h.statements_checksum, h.status INTO last FROM public.schema_migrations h
    WHERE h.name = m->>''name'' AND h.status IN (''applied'', ''reverted'', ''baselined'', ''replaced'')
      AND h.attempt > coalesce((m->>''seen_attempt'')::pg_catalog.int4, 0) ORDER BY h.attempt DESC LIMIT 1;
  IF target = ''applied'' AND last.status <> ''reverted'' AND last.statements_checksum = m->>''statements_checksum''
    OR target = ''reverted'' AND (last.status IS NULL OR last.status = ''reverted'') THEN
    RETURN ''{"status":"already"}'';
  END IF;
  IF target = ''reverted'' THEN  -- the row is about what was applied, whatever the file has become
    m = m || pg_catalog.jsonb_build_object(''checksum'', last.checksum, ''statements_checksum'', last.statements_checksum);
  END IF;
  SELECT coalesce(max(h.attempt), 0) + 1, bool_or(h.run_id = m->>''run_id'') INTO n, begun FROM public.schema_migrations h WHERE h.name = m->>''name'';
  -- The same request, delivered once more: a run fails with a migration once.
  IF begun THEN RETURN ''{"status":"fenced"}''; END IF;
  IF m ? ''failure'' THEN  -- of a call without the block, which could not record it
    PERFORM public.schema_migrations_record_1(m, NULL, NULL, n, ''failed'', began, (m->''failure''->>''step'')::pg_catalog.int4, m->''failure''->>''code'',
      m->''failure''->>''message'', m->''failure''->>''detail'', m->''failure''->>''hint'');
    RETURN public.schema_migrations_answer_1(''failed'', n, began, (m->''failure''->>''step'')::pg_catalog.int4, m->''failure''->>''code'',
      m->''failure''->>''message'', m->''failure''->>''detail'', m->''failure''->>''hint'', NULL);
  END IF;
  pieces = ARRAY(SELECT x::pg_catalog.int4 FROM pg_catalog.jsonb_array_elements_text(m->''facts''->''pieces'') WITH ORDINALITY q(x, i) ORDER BY i);
  cursors = ARRAY(SELECT x::pg_catalog.int4 FROM pg_catalog.jsonb_array_elements_text(m->''facts''->''rows'') q(x));
  -- From here to the last statement all is done as whom the migration says and with its search path: no function of ours may be called,
  -- for its role may have no right to.
  IF (m->>''bare'')::pg_catalog.bool THEN
    -- Without the block below, which is a subtransaction: a value added to an enum that the same transaction made may be used only so.
    PERFORM public.schema_migrations_fresh_1(m->>''lock_timeout'');
    FOREACH piece IN ARRAY pieces LOOP
      IF piece > 0 THEN
        step = step + 1;
        statement = pg_catalog.convert_from(pg_catalog.substring(bytes, at, piece), ''UTF8'');
        IF step = ANY (cursors) THEN
          FOR one IN EXECUTE statement LOOP NULL; END LOOP;
        ELSE
          EXECUTE statement;
        END IF;
      END IF;
      at = at + pg_catalog.abs(piece);
    END LOOP;
    SET CONSTRAINTS ALL IMMEDIATE;
    PERFORM pg_catalog.set_config(''search_path'', ''pg_catalog'', true);
    was = was || pg_catalog.jsonb_build_object(''role_was_set'', pg_catalog.current_setting(''role'') <> ''none'');
    IF session_user <> was->>''session_user'' THEN
      PERFORM pg_catalog.set_config(''session_authorization'', was->>''session_user'', false);
    END IF;
    PERFORM pg_catalog.set_config(''role'', ''none'', true);
    PERFORM public.schema_migrations_record_1(m, content, revert, n, target, began, NULL, NULL, NULL, NULL, NULL);
    answer = public.schema_migrations_answer_1(target, n, began, NULL, NULL, NULL, NULL, NULL, NULL);
    IF m ? ''last'' THEN answer = answer::pg_catalog.jsonb || pg_catalog.jsonb_build_object(''released'', true); END IF;
    PERFORM public.schema_migrations_session_1(was);
    RETURN answer;
  END IF;
  BEGIN
    PERFORM public.schema_migrations_fresh_1(m->>''lock_timeout'');
    FOREACH piece IN ARRAY pieces LOOP
      IF piece > 0 THEN
        step = step + 1;
        statement = pg_catalog.convert_from(pg_catalog.substring(bytes, at, piece), ''UTF8'');
        IF step = ANY (cursors) THEN
          FOR one IN EXECUTE statement LOOP NULL; END LOOP;
        ELSE
          EXECUTE statement;
        END IF;
      END IF;
      at = at + pg_catalog.abs(piece);
    END LOOP;
    step = step + 1;
    SET CONSTRAINTS ALL IMMEDIATE;
    PERFORM pg_catalog.set_config(''search_path'', ''pg_catalog'', true);
    was = was || pg_catalog.jsonb_build_object(''role_was_set'', pg_catalog.current_setting(''role'') <> ''none'');
    IF session_user <> was->>''session_user'' THEN
      PERFORM pg_catalog.set_config(''session_authorization'', was->>''session_user'', false);
    END IF;
    PERFORM pg_catalog.set_config(''role'', ''none'', true);
    PERFORM public.schema_migrations_record_1(m, content, revert, n, target, began, NULL, NULL, NULL, NULL, NULL);
    answer = public.schema_migrations_answer_1(target, n, began, NULL, NULL, NULL, NULL, NULL, NULL);
    IF m ? ''last'' THEN answer = answer::pg_catalog.jsonb || pg_catalog.jsonb_build_object(''released'', true); END IF;
    PERFORM public.schema_migrations_session_1(was);
  EXCEPTION WHEN query_canceled OR assert_failure OR OTHERS THEN
    GET STACKED DIAGNOSTICS msg = MESSAGE_TEXT, det = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
      code = RETURNED_SQLSTATE, ctx = PG_EXCEPTION_CONTEXT;
    det = public.schema_migrations_detail_1(det, ctx); hint = nullif(hint, '''');
    PERFORM public.schema_migrations_tidy_1();
    -- What is tried again leaves a row only the last time.
    IF code = ANY (ARRAY(SELECT pg_catalog.jsonb_array_elements_text(m->''again''))) THEN
      PERFORM public.schema_migrations_renew_1(m);
    ELSE
      PERFORM public.schema_migrations_record_1(m, NULL, NULL, n, ''failed'', began, step, code, msg, det, hint);
    END IF;
    RETURN public.schema_migrations_answer_1(''failed'', n, began, step, code, msg, det, hint, ctx);
  END;
  RETURN answer;
END';

-- One step of a migration that goes statement by statement. m->>'op': begin (write the row), run (one statement and its checkpoint, in one
-- transaction), before and after (around a statement that is sent as it is), fail (such a statement failed).
CREATE OR REPLACE FUNCTION public.schema_migrations_step_1(meta pg_catalog.text, content pg_catalog.text, revert pg_catalog.text)
RETURNS pg_catalog.text LANGUAGE plpgsql AS '
DECLARE
  m pg_catalog.jsonb = meta;
  began pg_catalog.timestamptz = pg_catalog.clock_timestamp();
  op pg_catalog.text;
  target pg_catalog.text;  -- applied, or reverted: then the statements are those of the down section
  n pg_catalog.int4;
  step pg_catalog.int4;
  total pg_catalog.int4;
  refusal pg_catalog.text;
  done pg_catalog.int4;
  last record;
  was pg_catalog.jsonb;
  prelude pg_catalog.text[];
  earlier pg_catalog.text;
  one record;
  answer pg_catalog.text;
  code pg_catalog.text; msg pg_catalog.text; det pg_catalog.text; hint pg_catalog.text; ctx pg_catalog.text;
BEGIN
  refusal = public.schema_migrations_refusal_1(m);
  IF refusal IS NOT NULL THEN RETURN refusal; END IF;
  PERFORM public.schema_migrations_renew_1(m);
  was = public.schema_migrations_session_1(NULL);
  op = m->>''op'';
  target = coalesce(m->>''target'', ''applied'');
  n = (m->>''attempt'')::pg_catalog.int4;
  step = (m->>''statement'')::pg_catalog.int4;
  total = (m->>''statements'')::pg_catalog.int4;
  IF op = ''begin'' THEN
    SELECT h.checksum, h.statements_checksum, h.status INTO last FROM public.schema_migrations h
      WHERE h.name = m->>''name'' AND h.status IN (''applied'', ''reverted'', ''baselined'', ''replaced'')
        AND h.attempt > coalesce((m->>''seen_attempt'')::pg_catalog.int4, 0) ORDER BY h.attempt DESC LIMIT 1;
    IF target = ''applied'' AND last.status <> ''reverted'' AND last.statements_checksum = m->>''statements_checksum''
      OR target = ''reverted'' AND (last.status IS NULL OR last.status = ''reverted'') THEN
      RETURN ''{"status":"already"}'';
    END IF;
    IF target = ''reverted'' THEN
      m = m || pg_catalog.jsonb_build_object(''checksum'', last.checksum, ''statements_checksum'', last.statements_checksum,
        ''revert_facts'', m->''facts'', ''facts'', NULL);
    END IF;
    -- The same request, delivered once more: a run begins a migration once.
    IF EXISTS (SELECT FROM public.schema_migrations h WHERE h.name = m->>''name'' AND h.run_id = m->>''run_id'') THEN
      RETURN ''{"status":"fenced"}'';
    END IF;
    SELECT h.picture INTO ctx FROM public.schema_migrations h WHERE h.name = m->>''name'' ORDER BY h.attempt DESC LIMIT 1;
    -- A row that says running belongs to a run that died: this one holds the lease.
    UPDATE public.schema_migrations h SET status = ''failed'', finished_at = pg_catalog.clock_timestamp(), error_code = ''interrupted'',
        error_message = ''the run ended before this migration did'', error_statement = h.statements_applied + 1
      WHERE h.name = m->>''name'' AND h.status = ''running'';
    SELECT coalesce(max(h.attempt), 0) + 1 INTO n FROM public.schema_migrations h WHERE h.name = m->>''name'';
    INSERT INTO public.schema_migrations (name, attempt, version, checksum, statements_checksum, status,
        content, content_facts, revert_content, revert_facts, statements, statements_applied, picture, started_at,
        run_id, hook, requested_by, tool_version)
      VALUES (m->>''name'', n, m->>''version'', m->>''checksum'', m->>''statements_checksum'', ''running'',
        CASE WHEN target = ''applied'' THEN content END, m->>''facts'', CASE WHEN target = ''applied'' THEN revert ELSE content END,
        m->>''revert_facts'', total, step, ctx, began,
        m->>''run_id'', m->>''hook'', m->>''requested_by'', m->>''tool_version'');
    IF step = total THEN
      UPDATE public.schema_migrations h SET status = target, finished_at = pg_catalog.clock_timestamp(), execution_time_ms = 0
        WHERE h.name = m->>''name'' AND h.attempt = n;
    END IF;
    RETURN public.schema_migrations_answer_1(''begun'', n, began, step, NULL, NULL, NULL, NULL, ctx);
  END IF;
  SELECT h.statements_applied INTO done FROM public.schema_migrations h
    WHERE h.name = m->>''name'' AND h.attempt = n AND h.status = ''running'';
  IF done IS DISTINCT FROM step - 1 THEN RETURN ''{"status":"moved"}''; END IF;
  IF op = ''before'' THEN
    UPDATE public.schema_migrations h SET picture = m->>''picture'' WHERE h.name = m->>''name'' AND h.attempt = n;
    RETURN public.schema_migrations_answer_1(''ready'', n, began, step, NULL, NULL, NULL, NULL, NULL);
  END IF;
  IF op = ''fail'' THEN
    code = m->>''code''; msg = m->>''message''; det = m->>''detail''; hint = m->>''hint'';
  ELSE
    BEGIN
      IF op = ''run'' THEN
        prelude = ARRAY(SELECT x FROM pg_catalog.jsonb_array_elements_text(m->''prelude'') WITH ORDINALITY q(x, i) ORDER BY i);
        PERFORM public.schema_migrations_fresh_1(m->>''lock_timeout'');
        FOREACH earlier IN ARRAY prelude LOOP EXECUTE earlier; END LOOP;
        IF (m->>''rows'')::pg_catalog.bool THEN
          FOR one IN EXECUTE content LOOP NULL; END LOOP;
        ELSE
          EXECUTE content;
        END IF;
        SET CONSTRAINTS ALL IMMEDIATE;
        PERFORM pg_catalog.set_config(''search_path'', ''pg_catalog'', true);
        was = was || pg_catalog.jsonb_build_object(''role_was_set'', pg_catalog.current_setting(''role'') <> ''none'');
        IF session_user <> was->>''session_user'' THEN
          PERFORM pg_catalog.set_config(''session_authorization'', was->>''session_user'', false);
        END IF;
        PERFORM pg_catalog.set_config(''role'', ''none'', true);
      END IF;
      UPDATE public.schema_migrations h SET statements_applied = step, picture = NULL,
          status = CASE WHEN step = total THEN target ELSE ''running'' END,
          finished_at = CASE WHEN step = total THEN pg_catalog.clock_timestamp() END,
          execution_time_ms = CASE WHEN step = total
            THEN (extract(epoch FROM pg_catalog.clock_timestamp() - h.started_at) * 1000.0)::pg_catalog.int8 END
        WHERE h.name = m->>''name'' AND h.attempt = n;
      -- The statement may have taken longer than the lease lasts.
      PERFORM public.schema_migrations_renew_1(m);
      answer = public.schema_migrations_answer_1(CASE WHEN step = total THEN target ELSE ''done'' END, n, began, step, NULL, NULL, NULL, NULL, NULL);
      PERFORM public.schema_migrations_session_1(was);
      RETURN answer;
    EXCEPTION WHEN query_canceled OR assert_failure OR OTHERS THEN
      GET STACKED DIAGNOSTICS msg = MESSAGE_TEXT, det = PG_EXCEPTION_DETAIL, hint = PG_EXCEPTION_HINT,
        code = RETURNED_SQLSTATE, ctx = PG_EXCEPTION_CONTEXT;
      det = public.schema_migrations_detail_1(det, ctx); hint = nullif(hint, '''');
      PERFORM public.schema_migrations_tidy_1();
      IF code = ANY (ARRAY(SELECT pg_catalog.jsonb_array_elements_text(m->''again''))) THEN
        RETURN public.schema_migrations_answer_1(''failed'', n, began, step, code, msg, det, hint, ctx);
      END IF;
    END;
  END IF;
  UPDATE public.schema_migrations h SET status = ''failed'', finished_at = pg_catalog.clock_timestamp(),
      execution_time_ms = (extract(epoch FROM pg_catalog.clock_timestamp() - h.started_at) * 1000.0)::pg_catalog.int8,
      error_code = code, error_message = pg_catalog.left(msg, 4000), error_detail = pg_catalog.left(det, 4000),
      error_hint = pg_catalog.left(hint, 1000), error_statement = step, error_line = (m->>''line'')::pg_catalog.int4
    WHERE h.name = m->>''name'' AND h.attempt = n;
  RETURN public.schema_migrations_answer_1(''failed'', n, began, step, code, msg, det, hint, ctx);
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
  PERFORM public.schema_migrations_release_1(m);
  RETURN ''released'';
END';

REVOKE ALL ON FUNCTION public.schema_migrations_tidy_1(),
  public.schema_migrations_session_1(pg_catalog.jsonb), public.schema_migrations_fresh_1(pg_catalog.text),
  public.schema_migrations_refusal_1(pg_catalog.jsonb), public.schema_migrations_renew_1(pg_catalog.jsonb),
  public.schema_migrations_release_1(pg_catalog.jsonb), public.schema_migrations_fingerprint_1(pg_catalog.text, pg_catalog.text),
  public.schema_migrations_answer_1(pg_catalog.text, pg_catalog.int4, pg_catalog.timestamptz, pg_catalog.int4, pg_catalog.text,
    pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text),
  public.schema_migrations_record_1(pg_catalog.jsonb, pg_catalog.text, pg_catalog.text, pg_catalog.int4, pg_catalog.text,
    pg_catalog.timestamptz, pg_catalog.int4, pg_catalog.text, pg_catalog.text, pg_catalog.text, pg_catalog.text),
  public.schema_migrations_detail_1(pg_catalog.text, pg_catalog.text),
  public.schema_migrations_apply_1(pg_catalog.text, pg_catalog.text, pg_catalog.text),
  public.schema_migrations_step_1(pg_catalog.text, pg_catalog.text, pg_catalog.text) FROM PUBLIC;
