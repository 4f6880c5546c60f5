-- CreateEnum
CREATE TYPE "BuildState" AS ENUM ('running', 'ended', 'cancelled');

-- CreateEnum
CREATE TYPE "UnitState" AS ENUM ('waiting', 'ready', 'queued', 'running', 'built', 'cached', 'failed', 'blocked', 'cancelled');

-- CreateEnum
CREATE TYPE "AttemptState" AS ENUM ('queued', 'running', 'succeeded', 'failed', 'lost', 'cancelled');

-- CreateTable
CREATE TABLE "build" (
    "id" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "state" "BuildState" NOT NULL DEFAULT 'running',
    "priority" INTEGER NOT NULL DEFAULT 100,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "triggered_by" TEXT NOT NULL,

    CONSTRAINT "build_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "action" (
    "digest" CHAR(64) NOT NULL,
    "content" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "action_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "result" (
    "action" CHAR(64) NOT NULL,
    "outcome" CHAR(64) NOT NULL,
    "content" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "result_pkey" PRIMARY KEY ("action")
);

-- CreateTable
CREATE TABLE "determinism_defect" (
    "id" BIGSERIAL NOT NULL,
    "action" CHAR(64) NOT NULL,
    "kept" CHAR(64) NOT NULL,
    "outcome" CHAR(64) NOT NULL,
    "content" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "determinism_defect_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "unit" (
    "build" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "stage" TEXT NOT NULL,
    "action" CHAR(64),
    "state" "UnitState" NOT NULL DEFAULT 'waiting',
    "pending" INTEGER NOT NULL DEFAULT 0,
    "distance" INTEGER NOT NULL DEFAULT 0,
    "attempt" INTEGER NOT NULL DEFAULT 0,
    "blocked_by" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "unit_pkey" PRIMARY KEY ("build","id")
);

-- CreateTable
CREATE TABLE "edge" (
    "build" TEXT NOT NULL,
    "dependency" TEXT NOT NULL,
    "child" TEXT NOT NULL,

    CONSTRAINT "edge_pkey" PRIMARY KEY ("build","dependency","child")
);

-- CreateTable
CREATE TABLE "attempt" (
    "build" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "action" CHAR(64) NOT NULL,
    "worker" TEXT,
    "state" "AttemptState" NOT NULL DEFAULT 'queued',
    "cached" BOOLEAN NOT NULL DEFAULT false,
    "stages" JSONB NOT NULL DEFAULT '{}',
    "lease_until" TIMESTAMPTZ(3),
    "result" JSONB,
    "error" TEXT,

    CONSTRAINT "attempt_pkey" PRIMARY KEY ("build","unit","number")
);

-- CreateTable
CREATE TABLE "log_chunk" (
    "build" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "stream" TEXT NOT NULL,
    "start" BIGINT NOT NULL,
    "size" INTEGER NOT NULL,
    "blob" CHAR(64) NOT NULL,

    CONSTRAINT "log_chunk_pkey" PRIMARY KEY ("build","unit","attempt","stream","start")
);

-- CreateTable
CREATE TABLE "gap" (
    "key" TEXT NOT NULL,
    "truth" TEXT NOT NULL,
    "component" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "first_seen" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_seen" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "closed_at" TIMESTAMPTZ(3),

    CONSTRAINT "gap_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "gap_occurrence" (
    "id" BIGSERIAL NOT NULL,
    "gap" TEXT NOT NULL,
    "build" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "attempt" INTEGER NOT NULL,
    "surface" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "gap_occurrence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "worker" (
    "id" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "concurrency" INTEGER NOT NULL,
    "memory" BIGINT NOT NULL,
    "draining" BOOLEAN NOT NULL DEFAULT false,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "worker_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "node_image" (
    "digest" CHAR(64) NOT NULL,
    "manifest" JSONB NOT NULL,
    "registered_by" TEXT NOT NULL,
    "registered_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "node_image_pkey" PRIMARY KEY ("digest")
);

-- CreateTable
CREATE TABLE "toolchain" (
    "name" TEXT NOT NULL,
    "tree" CHAR(64) NOT NULL,
    "facts" JSONB NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "toolchain_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "token" (
    "id" TEXT NOT NULL,
    "hash" CHAR(64) NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "token_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "who" TEXT NOT NULL,
    "what" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "detail" JSONB NOT NULL DEFAULT '{}',

    CONSTRAINT "audit_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "artifact" (
    "name" TEXT NOT NULL,
    "tree" CHAR(64) NOT NULL,
    "build" TEXT NOT NULL,
    "pinned" BOOLEAN NOT NULL DEFAULT false,
    "stored_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "artifact_pkey" PRIMARY KEY ("build","name")
);

-- CreateTable
CREATE TABLE "nx_cache_entry" (
    "hash" TEXT NOT NULL,
    "blob" CHAR(64) NOT NULL,
    "size" INTEGER NOT NULL,
    "writer" TEXT NOT NULL,
    "stored_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "nx_cache_entry_pkey" PRIMARY KEY ("hash")
);

-- CreateTable
CREATE TABLE "webhook" (
    "id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "secret" TEXT NOT NULL,
    "events" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "webhook_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_delivery" (
    "id" BIGSERIAL NOT NULL,
    "webhook" TEXT NOT NULL,
    "event" JSONB NOT NULL,
    "tries" INTEGER NOT NULL DEFAULT 0,
    "next_try_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "build_created_at_id_idx" ON "build"("created_at", "id");

-- CreateIndex
CREATE INDEX "determinism_defect_action_idx" ON "determinism_defect"("action");

-- CreateIndex
CREATE INDEX "unit_build_state_idx" ON "unit"("build", "state");

-- CreateIndex
CREATE INDEX "unit_action_state_idx" ON "unit"("action", "state");

-- CreateIndex
CREATE INDEX "edge_build_child_idx" ON "edge"("build", "child");

-- CreateIndex
CREATE INDEX "attempt_state_lease_until_idx" ON "attempt"("state", "lease_until");

-- CreateIndex
CREATE INDEX "attempt_action_idx" ON "attempt"("action");

-- CreateIndex
CREATE INDEX "gap_component_kind_idx" ON "gap"("component", "kind");

-- CreateIndex
CREATE INDEX "gap_occurrence_gap_seen_at_idx" ON "gap_occurrence"("gap", "seen_at");

-- CreateIndex
CREATE INDEX "gap_occurrence_build_unit_idx" ON "gap_occurrence"("build", "unit");

-- CreateIndex
CREATE UNIQUE INDEX "token_hash_key" ON "token"("hash");

-- CreateIndex
CREATE INDEX "audit_at_idx" ON "audit"("at");

-- CreateIndex
CREATE INDEX "artifact_tree_idx" ON "artifact"("tree");

-- CreateIndex
CREATE INDEX "webhook_delivery_next_try_at_idx" ON "webhook_delivery"("next_try_at");

-- AddForeignKey
ALTER TABLE "result" ADD CONSTRAINT "result_action_fkey" FOREIGN KEY ("action") REFERENCES "action"("digest") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "unit" ADD CONSTRAINT "unit_build_fkey" FOREIGN KEY ("build") REFERENCES "build"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "unit" ADD CONSTRAINT "unit_action_fkey" FOREIGN KEY ("action") REFERENCES "action"("digest") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "edge" ADD CONSTRAINT "edge_build_dependency_fkey" FOREIGN KEY ("build", "dependency") REFERENCES "unit"("build", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "edge" ADD CONSTRAINT "edge_build_child_fkey" FOREIGN KEY ("build", "child") REFERENCES "unit"("build", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attempt" ADD CONSTRAINT "attempt_build_unit_fkey" FOREIGN KEY ("build", "unit") REFERENCES "unit"("build", "id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "log_chunk" ADD CONSTRAINT "log_chunk_build_unit_attempt_fkey" FOREIGN KEY ("build", "unit", "attempt") REFERENCES "attempt"("build", "unit", "number") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "gap_occurrence" ADD CONSTRAINT "gap_occurrence_gap_fkey" FOREIGN KEY ("gap") REFERENCES "gap"("key") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_delivery" ADD CONSTRAINT "webhook_delivery_webhook_fkey" FOREIGN KEY ("webhook") REFERENCES "webhook"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What a build did is never lost.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER keep_attempts BEFORE DELETE ON "attempt" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "log_chunk" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "gap_occurrence" FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON "audit" FOR EACH ROW EXECUTE FUNCTION refuse_change();
