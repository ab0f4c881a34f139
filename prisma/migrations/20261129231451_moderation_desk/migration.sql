-- CreateEnum
CREATE TYPE "ClaimEnding" AS ENUM ('decided', 'deleted', 'released', 'skipped', 'escalated', 'replaced', 'expired');

-- CreateEnum
CREATE TYPE "Severity" AS ENUM ('low', 'medium', 'high');

-- AlterTable
ALTER TABLE "media" ADD COLUMN     "escalated_at" TIMESTAMPTZ(3),
ADD COLUMN     "escalated_by" TEXT,
ADD COLUMN     "escalation_reason" TEXT,
ADD COLUMN     "reported_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "report" (
    "id" TEXT NOT NULL,
    "media_sid" TEXT NOT NULL,
    "reported_by" TEXT NOT NULL,
    "reason_code" TEXT,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "resolved_at" TIMESTAMPTZ(3),
    "resolved_by" TEXT,
    "resolution" TEXT,

    CONSTRAINT "report_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "claim" (
    "id" TEXT NOT NULL,
    "media_sid" TEXT NOT NULL,
    "queue" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "session_id" TEXT,
    "key_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "ending" "ClaimEnding",
    "ended_by" TEXT,

    CONSTRAINT "claim_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "media_skip" (
    "media_sid" TEXT NOT NULL,
    "skipped_by" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "skipped_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "media_skip_pkey" PRIMARY KEY ("media_sid","skipped_by")
);

-- CreateTable
CREATE TABLE "reason_code" (
    "code" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "severity" "Severity" NOT NULL,
    "default_act" TEXT,
    "updated_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "reason_code_pkey" PRIMARY KEY ("code")
);

-- CreateTable
CREATE TABLE "note" (
    "id" TEXT NOT NULL,
    "media_sid" TEXT,
    "message_sid" TEXT,
    "sender_id" TEXT,
    "text" TEXT NOT NULL,
    "written_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "note_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "report_media_sid_created_at_id_idx" ON "report"("media_sid", "created_at", "id");

-- CreateIndex
CREATE INDEX "report_created_at_id_idx" ON "report"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "report_open_idx" ON "report"("created_at" DESC, "id" DESC) WHERE (resolved_at IS NULL);

-- CreateIndex
CREATE INDEX "report_resolved_idx" ON "report"("created_at" DESC, "id" DESC) WHERE (resolved_at IS NOT NULL);

-- CreateIndex
CREATE UNIQUE INDEX "report_open_key" ON "report"("media_sid", "reported_by") WHERE (resolved_at IS NULL);

-- CreateIndex
CREATE INDEX "claim_open_idx" ON "claim"("created_at", "id") WHERE (ended_at IS NULL);

-- CreateIndex
CREATE INDEX "claim_ended_at_idx" ON "claim"("ended_at");

-- CreateIndex
CREATE UNIQUE INDEX "claim_media_key" ON "claim"("media_sid") WHERE (ended_at IS NULL);

-- CreateIndex
CREATE UNIQUE INDEX "claim_holder_key" ON "claim"("holder", "queue") WHERE (ended_at IS NULL);

-- CreateIndex
CREATE INDEX "note_media_idx" ON "note"("media_sid", "created_at", "id") WHERE (media_sid IS NOT NULL);

-- CreateIndex
CREATE INDEX "note_message_idx" ON "note"("message_sid", "created_at", "id") WHERE (message_sid IS NOT NULL);

-- CreateIndex
CREATE INDEX "note_sender_idx" ON "note"("sender_id", "created_at", "id") WHERE (sender_id IS NOT NULL);

-- CreateIndex
CREATE INDEX "media_queue_held_idx" ON "media"("received_at", "sid") WHERE (moderation = 'held' AND state = 'stored' AND escalated_at IS NULL);

-- CreateIndex
CREATE INDEX "media_queue_quarantined_idx" ON "media"("received_at", "sid") WHERE (moderation = 'quarantined' AND state = 'stored' AND starts_with(decided_by, 'system:'::text) AND escalated_at IS NULL);

-- CreateIndex
CREATE INDEX "media_queue_failed_idx" ON "media"("received_at", "sid") WHERE (state = 'failed' AND moderation <> 'quarantined' AND escalated_at IS NULL);

-- CreateIndex
CREATE INDEX "media_queue_reported_idx" ON "media"("reported_at", "sid") WHERE (reported_at IS NOT NULL AND state <> 'deleted' AND escalated_at IS NULL);

-- CreateIndex
CREATE INDEX "media_queue_escalated_idx" ON "media"("escalated_at", "sid") WHERE (escalated_at IS NOT NULL AND state <> 'deleted');
