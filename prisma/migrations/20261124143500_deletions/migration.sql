-- CreateEnum
CREATE TYPE "TargetState" AS ENUM ('none', 'kept', 'pending', 'retrying', 'done');

-- AlterTable
ALTER TABLE "media" ADD COLUMN     "deleted_sha256" TEXT;

-- AlterTable
ALTER TABLE "message" ADD COLUMN     "deleted_at" TIMESTAMPTZ(3);

-- CreateTable
CREATE TABLE "deletion" (
    "id" BIGSERIAL NOT NULL,
    "requested_by" TEXT NOT NULL,
    "scope" TEXT NOT NULL,
    "media_sid" TEXT,
    "with_messages" BOOLEAN NOT NULL,
    "reason_code" TEXT,
    "reason" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "completed_at" TIMESTAMPTZ(3),

    CONSTRAINT "deletion_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deletion_target" (
    "sid" TEXT NOT NULL,
    "deletion_id" BIGINT NOT NULL,
    "message_sid" TEXT NOT NULL,
    "account_sid" TEXT NOT NULL,
    "sha256" TEXT,
    "local" "TargetState" NOT NULL DEFAULT 'pending',
    "previews" "TargetState" NOT NULL DEFAULT 'pending',
    "upstream" "TargetState" NOT NULL DEFAULT 'pending',
    "is_open" BOOLEAN NOT NULL DEFAULT true,
    "forgotten_at" TIMESTAMPTZ(3),
    "local_files" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "preview_files" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "local_reason" TEXT,
    "local_next_try_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "reason" TEXT,
    "next_try_at" TIMESTAMPTZ(3),
    "blocked_since" TIMESTAMPTZ(3),

    CONSTRAINT "deletion_target_pkey" PRIMARY KEY ("sid","deletion_id")
);

-- CreateIndex
CREATE INDEX "deletion_completed_at_id_idx" ON "deletion"("completed_at", "id");

-- CreateIndex
CREATE INDEX "deletion_target_deletion_id_is_open_sid_idx" ON "deletion_target"("deletion_id", "is_open", "sid");

-- CreateIndex
CREATE INDEX "deletion_target_deletion_id_local_sid_idx" ON "deletion_target"("deletion_id", "local", "sid");

-- CreateIndex
CREATE INDEX "deletion_target_message_sid_idx" ON "deletion_target"("message_sid");

-- AddForeignKey
ALTER TABLE "deletion_target" ADD CONSTRAINT "deletion_target_deletion_id_fkey" FOREIGN KEY ("deletion_id") REFERENCES "deletion"("id") ON DELETE CASCADE ON UPDATE CASCADE;
