-- CreateEnum
CREATE TYPE "TranscriptState" AS ENUM ('pending', 'ready', 'failed');

-- CreateTable
CREATE TABLE "transcript" (
    "blob_sha256" TEXT NOT NULL,
    "state" "TranscriptState" NOT NULL DEFAULT 'pending',
    "text" TEXT,
    "search_text" TEXT,
    "language" TEXT,
    "reason" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "next_attempt_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "transcript_pkey" PRIMARY KEY ("blob_sha256")
);

-- CreateIndex
CREATE INDEX "transcript_next_attempt_at_idx" ON "transcript"("next_attempt_at");

-- AddForeignKey
ALTER TABLE "transcript" ADD CONSTRAINT "transcript_blob_sha256_fkey" FOREIGN KEY ("blob_sha256") REFERENCES "blob"("sha256") ON DELETE CASCADE ON UPDATE CASCADE;
