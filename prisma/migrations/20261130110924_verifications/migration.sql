-- CreateEnum
CREATE TYPE "VerificationState" AS ENUM ('running', 'done', 'stopped');

-- CreateEnum
CREATE TYPE "StoredFileKind" AS ENUM ('original', 'preview', 'rendition');

-- CreateEnum
CREATE TYPE "FindingKind" AS ENUM ('missing', 'wrong_size', 'wrong_hash', 'undecodable', 'unreadable', 'unknown_store');

-- CreateEnum
CREATE TYPE "RepairState" AS ENUM ('none', 'waiting', 'repaired', 'gone', 'failed');

-- AlterTable
ALTER TABLE "preview" ADD COLUMN     "file_sha256" TEXT;

-- AlterTable
ALTER TABLE "rendition" ADD COLUMN     "file_sha256" TEXT;

-- CreateTable
CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "state" "VerificationState" NOT NULL DEFAULT 'running',
    "repair" BOOLEAN NOT NULL,
    "bytes_per_second" BIGINT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "after" TEXT NOT NULL DEFAULT '',
    "problem" TEXT,
    "files" INTEGER NOT NULL DEFAULT 0,
    "byte_size" BIGINT NOT NULL DEFAULT 0,
    "missing" INTEGER NOT NULL DEFAULT 0,
    "damaged" INTEGER NOT NULL DEFAULT 0,
    "unreadable" INTEGER NOT NULL DEFAULT 0,
    "unknown_store" INTEGER NOT NULL DEFAULT 0,
    "settled" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "read_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification_finding" (
    "id" BIGSERIAL NOT NULL,
    "verification_id" TEXT NOT NULL,
    "blob_sha256" TEXT NOT NULL,
    "file" "StoredFileKind" NOT NULL,
    "name" TEXT,
    "page" INTEGER,
    "key" TEXT NOT NULL,
    "kind" "FindingKind" NOT NULL,
    "detail" TEXT,
    "repair" "RepairState" NOT NULL DEFAULT 'none',
    "reason" TEXT,
    "rebuilding" BOOLEAN NOT NULL DEFAULT false,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "first_tried_at" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3),
    "found_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "verification_finding_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "verification_created_at_id_idx" ON "verification"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "verification_running_idx" ON "verification"("id") WHERE ("state" = 'running');

-- CreateIndex
CREATE INDEX "verification_finding_verification_id_id_idx" ON "verification_finding"("verification_id", "id");

-- CreateIndex
CREATE INDEX "verification_finding_verification_id_blob_sha256_idx" ON "verification_finding"("verification_id", "blob_sha256");

-- CreateIndex
CREATE INDEX "verification_finding_waiting_idx" ON "verification_finding"("verification_id", "next_attempt_at", "id") WHERE ("repair" = 'waiting');

-- AddForeignKey
ALTER TABLE "verification_finding" ADD CONSTRAINT "verification_finding_verification_id_fkey" FOREIGN KEY ("verification_id") REFERENCES "verification"("id") ON DELETE CASCADE ON UPDATE CASCADE;
