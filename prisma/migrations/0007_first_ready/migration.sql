-- A build of thousands of ready units is not read and sorted to find the few that come next: they stand first in the index.
DROP INDEX "unit_build_state_idx";
CREATE INDEX "unit_build_state_distance_position_idx" ON "unit"("build", "state", "distance" DESC, "position")
WHERE "state" IN ('waiting', 'ready', 'queued', 'running');

DROP FUNCTION queue_units(int);

-- From ready units to jobs: marks as many units as the queue has room for, none before it is half empty. `smallest` is the size of the
-- queue while nobody knows how many slots there are. If `thorough`, all ready units are looked at, and which steps of the dispatcher
-- have something to do with them is told; they go before. Interactive builds come first; within a class builds take turns, so that one of
-- thousands does not starve one of ten; within a build the longest expected way goes first. Of equal actions one runs at a time. The end need
-- not be on disk: a mark that is forgotten is made again, under the same number.
CREATE FUNCTION queue_units(smallest int, thorough boolean) RETURNS jsonb LANGUAGE plpgsql
SET enable_seqscan TO off SET enable_hashjoin TO off SET enable_mergejoin TO off AS $$
DECLARE
  room int;
  drafts boolean := false;
  cached boolean := false;
  quarantined boolean := false;
  answers boolean := false;
  jobs jsonb;
BEGIN
  SELECT CASE WHEN q.queued * 2 > w.size THEN 0 ELSE w.size - q.queued END INTO room
  FROM (SELECT greatest(smallest, 4 * coalesce(sum(concurrency), 0)) AS size FROM worker
        WHERE seen_at > now() - interval '30 seconds' AND NOT draining) w,
       (SELECT count(*) AS queued FROM build b JOIN unit u ON u.build = b.id WHERE b.state = 'running' AND u.state = 'queued') q;
  IF thorough THEN
    SELECT coalesce(bool_or(u.action IS NULL AND u.draft IS NOT NULL), false),
           coalesce(bool_or(NOT u.fresh AND EXISTS (SELECT 1 FROM result r WHERE r.action = u.action)), false),
           coalesce(bool_or(EXISTS (SELECT 1 FROM quarantine q WHERE q.action = u.action)), false)
    INTO drafts, cached, quarantined
    FROM build b JOIN unit u ON u.build = b.id WHERE b.state = 'running' AND u.state = 'ready';
    SELECT EXISTS (SELECT 1 FROM build b JOIN unit u ON u.build = b.id AND u.kind = 'query' WHERE b.planning AND b.state = 'running'
                   GROUP BY b.id HAVING bool_and(u.state IN ('built', 'cached'))) INTO answers;
  END IF;
  IF room > 0 AND NOT (drafts OR cached OR quarantined OR answers) THEN
    PERFORM set_config('synchronous_commit', 'off', true);
    -- One dispatcher at a time, so that two cannot each pick another unit with the same action.
    PERFORM pg_advisory_xact_lock(72707370);
    WITH busy AS MATERIALIZED (
      SELECT u.build, count(*) AS n FROM build b JOIN unit u ON u.build = b.id
      WHERE b.state = 'running' AND u.state IN ('queued', 'running') GROUP BY u.build),
    -- So many of each build that enough are left though every action under way were among them.
    top AS MATERIALIZED (
      SELECT b.id AS build, b.priority, r.* FROM build b, LATERAL (
        SELECT u.id, u.action, u.distance, u.position, u.fresh FROM unit u
        WHERE u.build = b.id AND u.state = 'ready' AND u.action IS NOT NULL
        ORDER BY u.distance DESC, u.position LIMIT room + (SELECT coalesce(sum(n), 0) FROM busy)) r
      WHERE b.state = 'running'),
    free AS (
      SELECT * FROM top t
      WHERE NOT EXISTS (SELECT 1 FROM unit o WHERE o.action = t.action AND o.state IN ('queued', 'running'))
        AND (t.fresh OR NOT EXISTS (SELECT 1 FROM result r WHERE r.action = t.action))
        AND NOT EXISTS (SELECT 1 FROM quarantine q WHERE q.action = t.action)),
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
