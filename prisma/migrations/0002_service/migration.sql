-- AlterTable
ALTER TABLE "attempt" ADD COLUMN     "peak" BIGINT,
ADD COLUMN     "took" INTEGER;

-- AlterTable
ALTER TABLE "build" ADD COLUMN     "inputs" JSONB,
ADD COLUMN     "planning" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "surface_date" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "token" ADD COLUMN     "used_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "unit" ADD COLUMN     "blocks" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "crate" TEXT,
ADD COLUMN     "criterion" JSONB,
ADD COLUMN     "draft" JSONB,
ADD COLUMN     "expected" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "fresh" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "kind" TEXT NOT NULL DEFAULT 'compile',
ADD COLUMN     "line" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "linkage" TEXT,
ADD COLUMN     "losses" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "made" CHAR(64),
ADD COLUMN     "message" TEXT,
ADD COLUMN     "position" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "rung" TEXT,
ADD COLUMN     "started_at" TIMESTAMPTZ(3),
ADD COLUMN     "stopped_by" TEXT,
ADD COLUMN     "unavailable" TEXT;

-- AlterTable
ALTER TABLE "webhook_delivery" ADD COLUMN     "last_error" TEXT;

-- AlterTable
ALTER TABLE "worker" ADD COLUMN     "memory_used" BIGINT NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "gap_line" (
    "gap" TEXT NOT NULL,
    "line" TEXT NOT NULL,
    "surface" TEXT NOT NULL,
    "open" BOOLEAN NOT NULL,

    CONSTRAINT "gap_line_pkey" PRIMARY KEY ("gap","line")
);

-- CreateTable
CREATE TABLE "quarantine" (
    "action" CHAR(64) NOT NULL,
    "losses" INTEGER NOT NULL,
    "error" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "quarantine_pkey" PRIMARY KEY ("action")
);

-- CreateTable
CREATE TABLE "event" (
    "sequence" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "type" TEXT NOT NULL,
    "build" TEXT,
    "data" JSONB NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("sequence")
);

-- CreateTable
CREATE TABLE "sysroot" (
    "image" CHAR(64) NOT NULL,
    "surface" TEXT NOT NULL,
    "tree" CHAR(64) NOT NULL,

    CONSTRAINT "sysroot_pkey" PRIMARY KEY ("image","surface")
);

-- CreateTable
CREATE TABLE "webhook_position" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "seen" BIGINT NOT NULL,

    CONSTRAINT "webhook_position_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "gap_line_line_idx" ON "gap_line"("line");

-- CreateIndex
CREATE INDEX "event_build_sequence_idx" ON "event"("build", "sequence");

-- CreateIndex
CREATE INDEX "attempt_unit_number_idx" ON "attempt"("unit", "number");

-- CreateIndex
CREATE INDEX "unit_line_idx" ON "unit"("line");

-- CreateIndex
CREATE INDEX "unit_stopped_by_idx" ON "unit"("stopped_by");

-- What happened stays as it was told.
CREATE TRIGGER append_only BEFORE UPDATE ON "event" FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Names of builds.
CREATE SEQUENCE build_number;

INSERT INTO webhook_position (seen) VALUES (0);
