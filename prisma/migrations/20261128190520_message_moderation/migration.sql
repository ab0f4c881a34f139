-- AlterTable
ALTER TABLE "message" ADD COLUMN     "decided_at" TIMESTAMPTZ(3),
ADD COLUMN     "decided_by" TEXT,
ADD COLUMN     "decision_code" TEXT,
ADD COLUMN     "decision_reason" TEXT,
ADD COLUMN     "follows_media" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "moderation" "Moderation" NOT NULL DEFAULT 'visible';

-- CreateIndex
CREATE INDEX "message_moderation_received_at_sid_idx" ON "message"("moderation", "received_at" DESC, "sid" DESC);
