-- CreateEnum
CREATE TYPE "BlocklistKind" AS ENUM ('sha256', 'pdq');

-- CreateEnum
CREATE TYPE "BlocklistPolicy" AS ENUM ('quarantine', 'delete');

-- CreateEnum
CREATE TYPE "BlocklistSource" AS ENUM ('decision', 'upload');

-- AlterTable
ALTER TABLE "blob" ADD COLUMN     "scan" JSONB;

-- CreateTable
CREATE TABLE "blocklist_entry" (
    "id" BIGSERIAL NOT NULL,
    "kind" "BlocklistKind" NOT NULL,
    "hash" TEXT NOT NULL,
    "policy" "BlocklistPolicy" NOT NULL,
    "reason_code" TEXT,
    "reason" TEXT,
    "source" "BlocklistSource" NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "removed_by" TEXT,
    "removed_at" TIMESTAMPTZ(3),
    "change" BIGSERIAL NOT NULL,

    CONSTRAINT "blocklist_entry_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "blocklist_entry_kind_change_idx" ON "blocklist_entry"("kind", "change");

-- CreateIndex
CREATE UNIQUE INDEX "blocklist_entry_kind_hash_key" ON "blocklist_entry"("kind", "hash");
