-- A unit changes its state four times, and every time each of its indexes takes an entry: those of long names hold their hashes, and one
-- that is asked only for what has not ended holds only that.
DROP INDEX "unit_action_state_idx";
CREATE INDEX "unit_action_idx" ON "unit" USING HASH ("action");

DROP INDEX "unit_line_idx";
CREATE INDEX "unit_line_idx" ON "unit" USING HASH ("line");

DROP INDEX "unit_build_state_idx";
CREATE INDEX "unit_build_state_idx" ON "unit"("build", "state") WHERE "state" IN ('waiting', 'ready', 'queued', 'running');

-- Rows that one statement makes from those that they point to need not be looked up again.
ALTER TABLE "unit" DROP CONSTRAINT "unit_action_fkey";
ALTER TABLE "attempt" DROP CONSTRAINT "attempt_build_unit_fkey";
