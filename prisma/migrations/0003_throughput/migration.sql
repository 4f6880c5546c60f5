-- DropForeignKey
ALTER TABLE "edge" DROP CONSTRAINT "edge_build_child_fkey";

-- DropForeignKey
ALTER TABLE "edge" DROP CONSTRAINT "edge_build_dependency_fkey";

-- DropIndex
DROP INDEX "attempt_state_lease_until_idx";

-- AlterTable
ALTER TABLE "attempt" DROP COLUMN "lease_until";

-- AlterTable
ALTER TABLE "build" ADD COLUMN     "untold" BOOLEAN NOT NULL DEFAULT false;

-- Room beside the rows, so that a change of a column without an index writes to no index.
ALTER TABLE "unit" SET (fillfactor = 50, toast_tuple_target = 128);
ALTER TABLE "attempt" SET (fillfactor = 50);

-- Few units are stopped by a gap.
DROP INDEX "unit_stopped_by_idx";
CREATE INDEX "unit_stopped_by_idx" ON "unit"("stopped_by") WHERE "stopped_by" IS NOT NULL;
