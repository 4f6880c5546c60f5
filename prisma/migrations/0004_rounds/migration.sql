-- What a worker's report changes, as one statement: a message to the server and back costs more than most of what it does there.
-- Every step of a function sees what others have committed before it. What comes in by the dozen finds its rows by index, whatever
-- the statistics say of tables that have just grown: a state that is asked for with IS TRUE leads to no index.

-- What is said of units, each with its position from 0. To the planner it is one row, so that others are found by their whole key.
CREATE FUNCTION said_of_units(said jsonb) RETURNS TABLE (
  "n" bigint, "build" text, "unit" text, "attempt" int, "action" text, "worker" text, "state" text, "message" text, "stopped" text, "tree" text,
  "result" jsonb, "outcome" text, "peak" bigint) LANGUAGE sql ROWS 1 AS $$
  SELECT n - 1, build, unit, attempt, action, worker, state, message, stopped, tree, result, outcome, peak
  FROM ROWS FROM (jsonb_to_recordset(said) AS (build text, unit text, attempt int, action text, worker text, state text, message text, stopped text,
    tree text, result jsonb, outcome text, peak bigint)) WITH ORDINALITY
  AS s(build, unit, attempt, action, worker, state, message, stopped, tree, result, outcome, peak, n)
$$;

-- How builds stand, as events say it.
CREATE FUNCTION build_events(ids text[]) RETURNS TABLE ("type" text, "build" text, "data" jsonb) LANGUAGE sql STABLE AS $$
  SELECT 'build', b.id, jsonb_build_object('state', b.state, 'counts', (
    SELECT jsonb_object_agg(s.state, coalesce(c.n, 0)) || jsonb_build_object('total', coalesce(sum(c.n), 0))
    FROM unnest(enum_range(NULL::"UnitState")) AS s(state)
    LEFT JOIN (SELECT u.state, count(*) AS n FROM unit u WHERE u.build = b.id GROUP BY u.state) c ON c.state = s.state))
  FROM build b WHERE b.id = ANY(ids) ORDER BY b.id
$$;

-- Writes events [{type, build?, data}]. Call it last: whoever writes events holds this lock to the end of the transaction, so that a
-- number is never seen before a smaller one.
CREATE FUNCTION emit_events(said jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(72707371);
  INSERT INTO event (type, build, data)
  SELECT type, build, data
  FROM ROWS FROM (jsonb_to_recordset(said) AS (type text, build text, data jsonb)) WITH ORDINALITY AS e(type, build, data, n) ORDER BY n;
  PERFORM pg_notify('bootgraph_live', 'event');
END $$;

-- Units of a build change: who changes more of them than those that he reports waits here for others, and how the build stands is to
-- be told.
CREATE FUNCTION hold_build(held text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM build WHERE id = held FOR NO KEY UPDATE;
  UPDATE build SET untold = true WHERE id = held AND NOT untold;
END $$;

-- A held build whose units have all ended has ended: true, and the caller tells.
CREATE FUNCTION end_build(held text) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE build SET state = 'ended', ended_at = now() WHERE id = held AND state = 'running'
  AND NOT EXISTS (SELECT 1 FROM unit WHERE unit.build = held AND unit.state IN ('waiting', 'ready', 'queued', 'running'))
  AND (NOT planning OR EXISTS (SELECT 1 FROM unit WHERE unit.build = held AND kind = 'query' AND unit.state IN ('failed', 'blocked', 'cancelled')));
  RETURN FOUND;
END $$;

-- Everything behind failed units of a held build is blocked by them; each of them learns how many are behind it.
CREATE FUNCTION block_behind(held text, failed text[]) RETURNS void LANGUAGE sql AS $$
  WITH RECURSIVE behind(id, by) AS (
    SELECT child, dependency FROM edge WHERE build = held AND dependency = ANY(failed)
    UNION SELECT e.child, b.by FROM behind b JOIN edge e ON e.build = held AND e.dependency = b.id),
  first AS (SELECT id, min(by) AS by FROM behind GROUP BY id),
  counted AS (SELECT by, count(*)::int AS n FROM behind GROUP BY by),
  told AS (UPDATE unit SET blocks = c.n FROM counted c WHERE unit.build = held AND unit.id = c.by)
  UPDATE unit SET state = 'blocked', blocked_by = h.by, ended_at = now() FROM first h
  WHERE unit.build = held AND unit.id = h.id AND unit.state = 'waiting'
$$;

-- What judging results of units takes, where there is anything: the criterion, and whether the unit's line of work meets a gap, which a
-- good end closes.
CREATE FUNCTION facts_of_units(said jsonb) RETURNS TABLE ("build" text, "id" text, "criterion" jsonb, "gapped" boolean) LANGUAGE plpgsql
SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT * FROM (
      SELECT u.build, u.id, u.criterion, EXISTS (SELECT 1 FROM gap_line g WHERE g.line = u.line AND g.open) AS gapped
      FROM said_of_units(said) s JOIN unit u ON u.build = s.build AND u.id = s.unit) f
    WHERE f.criterion IS NOT NULL OR f.gapped;
END $$;

-- Units end: [{build, unit, attempt, state: built | cached | failed, message?, stopped?, tree?}], whose attempts have been recorded.
-- Artifacts, units freed or blocked behind them, builds ended. Units that have ended before are left as they are. Gives the events of
-- what is new, and writes them if `tell`.
CREATE FUNCTION end_units(said jsonb, tell boolean) RETURNS jsonb LANGUAGE plpgsql
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
    FROM said_of_units(said) s WHERE u.build = s.build AND u.id = s.unit AND (u.state IN ('ready', 'queued', 'running')) IS TRUE
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
  SELECT events || coalesce(jsonb_agg(to_jsonb(e)), '[]') INTO events FROM build_events(finished) e;
  IF tell THEN
    PERFORM emit_events(events);
  END IF;
  RETURN events;
END $$;

-- Results of attempts: what `end_units` takes with {action, result, outcome?: digest of a result to be kept, peak}. The first counts; the first
-- result of an action stays, and another outcome is kept beside it as a determinism defect. Gives the positions of those recorded,
-- from 0, and the events.
CREATE FUNCTION complete_attempts(said jsonb, tell boolean) RETURNS jsonb LANGUAGE plpgsql
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
    FROM said_of_units(said) s, (SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms) at
    WHERE t.build = s.build AND t.unit = s.unit AND t.number = s.attempt AND t.action = s.action AND t.state IN ('queued', 'running')
    RETURNING s.n, s.action, s.outcome, s.result),
  k AS (
    INSERT INTO result (action, outcome, content) SELECT DISTINCT ON (action) action, outcome, result FROM t WHERE outcome IS NOT NULL
    ORDER BY action ON CONFLICT DO NOTHING RETURNING 1)
  SELECT array_agg(n ORDER BY n), count(outcome), (SELECT count(*) FROM k) INTO positions, wanted, kept FROM t;
  IF positions IS NULL THEN
    RETURN '{"recorded": [], "events": []}';
  END IF;
  IF cardinality(positions) < jsonb_array_length(said) THEN
    SELECT jsonb_agg(said->n::int ORDER BY n) INTO mine FROM unnest(positions) AS n;
  END IF;
  IF kept < wanted THEN
    INSERT INTO determinism_defect (action, kept, outcome, content)
    SELECT k.action, k.outcome, r.outcome, r.result
    FROM said_of_units(mine) r JOIN result k ON k.action = r.action
    WHERE r.outcome IS NOT NULL AND k.outcome <> r.outcome;
  END IF;
  RETURN jsonb_build_object('recorded', to_jsonb(positions), 'events', end_units(mine, tell));
END $$;

-- Workers have taken attempts [{build, unit, attempt, action, worker}]: what each is to do, and the largest memory that its unit was
-- seen to need. The end need not be on disk: what is forgotten is taken again.
CREATE FUNCTION take_attempts(said jsonb)
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
    FROM said_of_units(said) s
    WHERE t.build = s.build AND t.unit = s.unit AND t.number = s.attempt AND t.action = s.action AND t.state IN ('queued', 'running')
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
    PERFORM hold_build(held);
  END LOOP;
  PERFORM emit_events(events);
  RETURN QUERY
    SELECT t.build, t.unit, t.number, t.worker, (t.stages->>'takers')::int, a.content,
           (SELECT max(p.peak) FROM attempt p WHERE p.unit = t.unit AND p.peak > 0)
    FROM said_of_units(said) s
    JOIN attempt t ON t.build = s.build AND t.unit = s.unit AND t.number = s.attempt AND t.action = s.action AND t.state = 'running'
    JOIN action a ON a.digest = t.action;
END $$;

-- From ready units to jobs. Which steps of the dispatcher have something to do; and when none has that goes before, as many units are
-- marked as the queue has room for: none before it is half empty. `smallest` is the size of the queue while nobody knows how many slots
-- there are. Interactive builds come first; within a class builds take turns, so that one of thousands does not starve one of ten;
-- within a build the longest expected way goes first. Of equal actions one runs at a time. The end need not be on disk: a mark that is
-- forgotten is made again, under the same number.
CREATE FUNCTION queue_units(smallest int) RETURNS jsonb LANGUAGE plpgsql
SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off AS $$
DECLARE
  room int;
  drafts boolean;
  cached boolean;
  quarantined boolean;
  ready boolean;
  answers boolean;
  jobs jsonb;
BEGIN
  SELECT CASE WHEN q.queued * 2 > w.size THEN 0 ELSE w.size - q.queued END INTO room
  FROM (SELECT greatest(smallest, 4 * coalesce(sum(concurrency), 0)) AS size FROM worker
        WHERE seen_at > now() - interval '30 seconds' AND NOT draining) w,
       (SELECT count(*) AS queued FROM build b JOIN unit u ON u.build = b.id WHERE b.state = 'running' AND u.state = 'queued') q;
  SELECT coalesce(bool_or(u.action IS NULL AND u.draft IS NOT NULL), false), coalesce(bool_or(u.action IS NOT NULL), false),
         coalesce(bool_or(NOT u.fresh AND EXISTS (SELECT 1 FROM result r WHERE r.action = u.action)), false),
         coalesce(bool_or(EXISTS (SELECT 1 FROM quarantine q WHERE q.action = u.action)), false)
  INTO drafts, ready, cached, quarantined
  FROM build b JOIN unit u ON u.build = b.id WHERE b.state = 'running' AND u.state = 'ready';
  SELECT EXISTS (SELECT 1 FROM build b JOIN unit u ON u.build = b.id AND u.kind = 'query' WHERE b.planning AND b.state = 'running'
                 GROUP BY b.id HAVING bool_and(u.state IN ('built', 'cached'))) INTO answers;
  IF ready AND room > 0 AND NOT (drafts OR cached OR quarantined OR answers) THEN
    PERFORM set_config('synchronous_commit', 'off', true);
    -- One dispatcher at a time, so that two cannot each pick another unit with the same action.
    PERFORM pg_advisory_xact_lock(72707370);
    WITH busy AS MATERIALIZED (
      SELECT u.build, count(*) AS n FROM build b JOIN unit u ON u.build = b.id
      WHERE b.state = 'running' AND u.state IN ('queued', 'running') GROUP BY u.build),
    free AS (
      SELECT u.build, u.id, u.action, b.priority, u.distance, u.position FROM build b JOIN unit u ON u.build = b.id
      WHERE u.state = 'ready' AND u.action IS NOT NULL AND b.state = 'running'
        AND NOT EXISTS (SELECT 1 FROM unit o WHERE o.action = u.action AND o.state IN ('queued', 'running'))),
    first AS (SELECT DISTINCT ON (action) * FROM free ORDER BY action, priority, distance DESC, build, id),
    turn AS (
      SELECT f.*, coalesce(y.n, 0) + row_number() OVER (PARTITION BY f.build ORDER BY f.distance DESC, f.position) AS turn
      FROM first f LEFT JOIN busy y ON y.build = f.build),
    chosen AS (SELECT * FROM turn ORDER BY priority, turn, distance DESC LIMIT room),
    marked AS (
      UPDATE unit SET state = 'queued', attempt = attempt + 1 FROM chosen c
      WHERE unit.build = c.build AND unit.id = c.id AND (unit.state = 'ready') IS TRUE
      RETURNING unit.build, unit.id AS unit, unit.attempt, unit.action, c.priority, c.turn, c.distance),
    recorded AS (
      INSERT INTO attempt (build, unit, number, action, stages)
      SELECT build, unit, attempt, action, jsonb_build_object('queued', floor(extract(epoch FROM now()) * 1000)) FROM marked)
    SELECT jsonb_agg(jsonb_build_object('build', build, 'unit', unit, 'attempt', attempt, 'action', action, 'priority', priority)
                     ORDER BY priority, turn, distance DESC) INTO jobs FROM marked;
  END IF;
  RETURN jsonb_build_object('answers', answers, 'drafts', drafts, 'cached', cached, 'quarantined', quarantined,
    'jobs', coalesce(jobs, '[]'));
END $$;
