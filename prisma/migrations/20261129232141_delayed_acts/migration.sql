-- CreateEnum
CREATE TYPE "ActState" AS ENUM ('waiting', 'done', 'cancelled', 'failed');

-- CreateTable
CREATE TABLE "delayed_act" (
    "id" TEXT NOT NULL,
    "media_sid" TEXT NOT NULL,
    "act" TEXT NOT NULL,
    "scope" TEXT,
    "with_messages" BOOLEAN NOT NULL DEFAULT false,
    "expected" "Moderation",
    "requested_by" TEXT NOT NULL,
    "reason_code" TEXT,
    "reason" TEXT,
    "state" "ActState" NOT NULL DEFAULT 'waiting',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "runs_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "changed" BOOLEAN,
    "deletion_id" BIGINT,
    "problem_code" TEXT,
    "problem" TEXT,

    CONSTRAINT "delayed_act_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "delayed_act_requested_by_created_at_id_idx" ON "delayed_act"("requested_by", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "delayed_act_requested_by_state_created_at_id_idx" ON "delayed_act"("requested_by", "state", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "delayed_act_created_at_id_idx" ON "delayed_act"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "delayed_act_state_created_at_id_idx" ON "delayed_act"("state", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "delayed_act_ended_at_idx" ON "delayed_act"("ended_at");

-- CreateIndex
CREATE UNIQUE INDEX "delayed_act_waiting_key" ON "delayed_act"("media_sid") WHERE ("state" = 'waiting');
