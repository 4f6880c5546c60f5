-- What is said of units is read where it is used: a function for it is made ready anew by every statement. The planner takes a range of
-- which it knows nothing for a single row, and so finds others by their whole key: that is what the bounds of an attempt's number say.
--
-- Attempts are taken beside results that are recorded, without waiting for each other: both share a build, and whoever tells how it
-- stands has it alone, so that no change falls between the count and the mark.

-- A unit of the build changes; how the build stands is to be told.
CREATE FUNCTION share_build(held text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(72707374, hashtext(held));
  UPDATE build SET untold = true WHERE id = held AND NOT untold;
END $$;

-- The same for who changes more units than those that he reports: he waits here for others who do.
CREATE OR REPLACE FUNCTION hold_build(held text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock_shared(72707374, hashtext(held));
  PERFORM 1 FROM build WHERE id = held FOR NO KEY UPDATE;
  UPDATE build SET untold = true WHERE id = held AND NOT untold;
END $$;

-- Events of how builds stand that changed since they were told; they count as told.
CREATE FUNCTION untold_events() RETURNS TABLE ("type" text, "build" text, "data" jsonb) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  told text[];
  one text;
BEGIN
  FOR one IN SELECT id FROM build WHERE untold ORDER BY id LOOP
    PERFORM pg_advisory_xact_lock(72707374, hashtext(one));
    told := told || one;
  END LOOP;
  UPDATE build SET untold = false WHERE id = ANY(told);
  RETURN QUERY SELECT * FROM build_events(told);
END $$;

CREATE OR REPLACE FUNCTION end_units(said jsonb, tell boolean) RETURNS jsonb LANGUAGE plpgsql
SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off AS $$
DECLARE
  events jsonb;
  builds text[];
  units text[];
  bad boolean[];
  held text;
  ids text[];
  finished text[] := '{}';
BEGIN
  WITH ended AS (
    UPDATE unit u SET state = s.state::"UnitState", ended_at = now(), attempt = s.attempt, message = s.message, stopped_by = s.stopped,
           fresh = false, losses = 0
    FROM jsonb_to_recordset(said) AS s(build text, unit text, attempt int, state text, message text, stopped text, tree text)
    WHERE s.attempt BETWEEN 0 AND 2147483647 AND u.build = s.build AND u.id = s.unit AND (u.state IN ('ready', 'queued', 'running')) IS TRUE
    RETURNING u.build, u.id, u.name, u.state, u.attempt, s.tree),
  made AS (
    INSERT INTO artifact (build, name, tree) SELECT build, id, tree FROM ended WHERE state <> 'failed' AND tree IS NOT NULL
    ON CONFLICT (build, name) DO UPDATE SET tree = excluded.tree, stored_at = now())
  SELECT jsonb_agg(jsonb_build_object('type', 'unit', 'build', build,
           'data', jsonb_build_object('id', id, 'name', name, 'state', state, 'attempt', attempt))),
         array_agg(build), array_agg(id), array_agg(state = 'failed')
  INTO events, builds, units, bad FROM ended;
  IF events IS NULL THEN
    RETURN '[]';
  END IF;
  FOR held IN SELECT DISTINCT b FROM unnest(builds) AS b ORDER BY b LOOP
    PERFORM hold_build(held);
    SELECT array_agg(id) INTO ids FROM unnest(builds, units, bad) AS e(build, id, failed) WHERE build = held AND NOT failed;
    -- What has ended is subtracted from those who need it.
    UPDATE unit SET pending = pending - f.n, state = CASE WHEN pending = f.n AND state = 'waiting' THEN 'ready'::"UnitState" ELSE state END
    FROM (SELECT child, count(*)::int AS n FROM edge WHERE edge.build = held AND dependency = ANY(ids) GROUP BY child) f
    WHERE unit.build = held AND unit.id = f.child;
    SELECT array_agg(id) INTO ids FROM unnest(builds, units, bad) AS e(build, id, failed) WHERE build = held AND failed;
    IF ids IS NOT NULL THEN
      PERFORM block_behind(held, ids);
    END IF;
    IF end_build(held) THEN
      finished := finished || held;
    END IF;
  END LOOP;
  IF cardinality(finished) > 0 THEN
    SELECT events || jsonb_agg(to_jsonb(e)) INTO events FROM build_events(finished) e;
  END IF;
  IF tell THEN
    PERFORM emit_events(events);
  END IF;
  RETURN events;
END $$;

CREATE OR REPLACE FUNCTION take_attempts(said jsonb)
RETURNS TABLE ("build" text, "unit" text, "number" int, "worker" text, "takers" int, "content" jsonb, "peak" bigint) LANGUAGE plpgsql
SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off AS $$
#variable_conflict use_column
DECLARE
  events jsonb;
  builds text[];
  units text[];
  held text;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  WITH taken AS (
    UPDATE attempt t SET state = 'running', worker = s.worker,
           stages = stages || jsonb_build_object('taken', floor(extract(epoch FROM clock_timestamp()) * 1000), 'takers',
             coalesce((stages->>'takers')::int, 0) + 1)
    FROM jsonb_to_recordset(said) AS s(build text, unit text, attempt int, action text, worker text)
    WHERE s.attempt BETWEEN 0 AND 2147483647 AND t.build = s.build AND t.unit = s.unit AND t.number = s.attempt AND t.action = s.action AND t.state IN ('queued', 'running')
    RETURNING t.build, t.unit, t.number, t.worker),
  started AS (
    UPDATE unit u SET state = 'running', started_at = now() FROM taken t
    WHERE u.build = t.build AND u.id = t.unit AND (u.state IN ('queued', 'running')) IS TRUE)
  SELECT jsonb_agg(jsonb_build_object('type', 'unit', 'build', t.build, 'data',
           jsonb_build_object('id', t.unit, 'name', u.name, 'state', 'running', 'attempt', t.number, 'worker', t.worker))),
         array_agg(t.build), array_agg(t.unit)
  INTO events, builds, units FROM taken t JOIN unit u ON u.build = t.build AND u.id = t.unit;
  IF events IS NULL THEN
    RETURN;
  END IF;
  FOR held IN SELECT DISTINCT b FROM unnest(builds) AS b ORDER BY b LOOP
    PERFORM share_build(held);
  END LOOP;
  PERFORM emit_events(events);
  RETURN QUERY
    SELECT t.build, t.unit, t.number, t.worker, (t.stages->>'takers')::int, a.content,
           (SELECT max(p.peak) FROM attempt p WHERE p.unit = t.unit AND p.peak > 0)
    FROM jsonb_to_recordset(said) AS s(build text, unit text, attempt int, action text)
    JOIN attempt t ON t.build = s.build AND t.unit = s.unit AND t.number = s.attempt AND t.action = s.action AND t.state = 'running'
    JOIN action a ON a.digest = t.action WHERE s.attempt BETWEEN 0 AND 2147483647;
END $$;

CREATE OR REPLACE FUNCTION complete_attempts(said jsonb, tell boolean) RETURNS jsonb LANGUAGE plpgsql
SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off AS $$
DECLARE
  positions int[];
  mine jsonb := said;
  wanted int;
  kept int;
BEGIN
  WITH t AS (
    UPDATE attempt t SET state = (CASE s.state WHEN 'failed' THEN 'failed' ELSE 'succeeded' END)::"AttemptState", result = s.result,
           peak = s.peak, took = at.ms - (stages->>'taken')::bigint, stages = stages || jsonb_build_object('reported', at.ms)
    FROM ROWS FROM (jsonb_to_recordset(said) AS (build text, unit text, attempt int, action text, state text, result jsonb, outcome text,
        peak bigint)) WITH ORDINALITY AS s(build, unit, attempt, action, state, result, outcome, peak, n),
      (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms) at
    WHERE s.attempt BETWEEN 0 AND 2147483647 AND t.build = s.build AND t.unit = s.unit AND t.number = s.attempt AND t.action = s.action AND t.state IN ('queued', 'running')
    RETURNING s.n, s.action, s.outcome, s.result),
  k AS (
    INSERT INTO result (action, outcome, content) SELECT DISTINCT ON (action) action, outcome, result FROM t WHERE outcome IS NOT NULL
    ORDER BY action ON CONFLICT DO NOTHING RETURNING 1)
  SELECT array_agg(n - 1 ORDER BY n), count(outcome), (SELECT count(*) FROM k) INTO positions, wanted, kept FROM t;
  IF positions IS NULL THEN
    RETURN '{"recorded": [], "events": []}';
  END IF;
  IF cardinality(positions) < jsonb_array_length(said) THEN
    SELECT jsonb_agg(said->n::int ORDER BY n) INTO mine FROM unnest(positions) AS n;
  END IF;
  IF kept < wanted THEN
    INSERT INTO determinism_defect (action, kept, outcome, content)
    SELECT k.action, k.outcome, r.outcome, r.result
    FROM jsonb_to_recordset(mine) AS r(action text, outcome text, result jsonb) JOIN result k ON k.action = r.action
    WHERE r.outcome IS NOT NULL AND k.outcome <> r.outcome;
  END IF;
  RETURN jsonb_build_object('recorded', to_jsonb(positions), 'events', end_units(mine, tell));
END $$;

CREATE OR REPLACE FUNCTION facts_of_units(said jsonb) RETURNS TABLE ("build" text, "id" text, "criterion" jsonb, "gapped" boolean) LANGUAGE plpgsql
SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT * FROM (
      SELECT u.build, u.id, u.criterion, EXISTS (SELECT 1 FROM gap_line g WHERE g.line = u.line AND g.open) AS gapped
      FROM jsonb_to_recordset(said) AS s(build text, unit text, attempt int) JOIN unit u ON u.build = s.build AND u.id = s.unit
      WHERE s.attempt BETWEEN 0 AND 2147483647) f
    WHERE f.criterion IS NOT NULL OR f.gapped;
END $$;

DROP FUNCTION said_of_units;

-- A result is made from an attempt, whose action is there; and its digest is only ever asked for as a whole.
ALTER TABLE "result" DROP CONSTRAINT "result_action_fkey";
DROP INDEX "attempt_action_idx";
CREATE INDEX "attempt_action_idx" ON "attempt" USING HASH ("action");
