-- CreateEnum
CREATE TYPE "ExportState" AS ENUM ('waiting', 'running', 'ready', 'failed', 'expired');

-- CreateTable
CREATE TABLE "media_export" (
    "id" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "state" "ExportState" NOT NULL DEFAULT 'waiting',
    "sees_all" BOOLEAN NOT NULL,
    "reveal" BOOLEAN NOT NULL,
    "reason_code" TEXT,
    "reason" TEXT,
    "sids" TEXT[],
    "unreadable" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "revealed" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "done" INTEGER NOT NULL DEFAULT 0,
    "omitted" INTEGER NOT NULL DEFAULT 0,
    "byte_size" BIGINT NOT NULL DEFAULT 0,
    "total" INTEGER NOT NULL,
    "failures" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "media_export_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "media_export_unfinished_idx" ON "media_export"("id") WHERE (state = 'waiting' OR state = 'running');

-- CreateIndex
CREATE INDEX "media_export_created_at_id_idx" ON "media_export"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "media_export_requested_by_created_at_id_idx" ON "media_export"("requested_by", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "media_export_expires_at_idx" ON "media_export"("expires_at");
