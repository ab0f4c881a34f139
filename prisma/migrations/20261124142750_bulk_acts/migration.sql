-- CreateEnum
CREATE TYPE "BulkState" AS ENUM ('selecting', 'waiting', 'running', 'done', 'cancelled');

-- CreateEnum
CREATE TYPE "BulkOutcome" AS ENUM ('changed', 'unchanged', 'unknown', 'deleted');

-- CreateTable
CREATE TABLE "bulk_act" (
    "id" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "reason_code" TEXT,
    "reason" TEXT,
    "state" "BulkState" NOT NULL DEFAULT 'selecting',
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "bulk_act_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "bulk_item" (
    "act_id" TEXT NOT NULL,
    "media_sid" TEXT NOT NULL,
    "outcome" "BulkOutcome",

    CONSTRAINT "bulk_item_pkey" PRIMARY KEY ("act_id","media_sid")
);

-- CreateIndex
CREATE INDEX "bulk_item_act_id_outcome_media_sid_idx" ON "bulk_item"("act_id", "outcome", "media_sid");

-- AddForeignKey
ALTER TABLE "bulk_item" ADD CONSTRAINT "bulk_item_act_id_fkey" FOREIGN KEY ("act_id") REFERENCES "bulk_act"("id") ON DELETE CASCADE ON UPDATE CASCADE;
