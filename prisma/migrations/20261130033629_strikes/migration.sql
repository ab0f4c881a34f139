-- AlterTable
ALTER TABLE "reason_code" ADD COLUMN     "on_third" TEXT NOT NULL DEFAULT 'none';

-- CreateTable
CREATE TABLE "strike" (
    "media_sid" TEXT NOT NULL,
    "sender_id" TEXT NOT NULL,
    "reason_code" TEXT NOT NULL,
    "decided_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "strike_pkey" PRIMARY KEY ("media_sid")
);

-- CreateIndex
CREATE INDEX "strike_sender_id_reason_code_decided_at_idx" ON "strike"("sender_id", "reason_code", "decided_at");

-- CreateIndex
CREATE INDEX "strike_decided_at_idx" ON "strike"("decided_at");
