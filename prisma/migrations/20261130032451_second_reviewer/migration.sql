-- AlterTable
ALTER TABLE "delayed_act" ADD COLUMN     "proposed" BOOLEAN;

-- AlterTable
ALTER TABLE "reason_code" ADD COLUMN     "reviewers" INTEGER NOT NULL DEFAULT 1;

-- CreateTable
CREATE TABLE "proposal" (
    "media_sid" TEXT NOT NULL,
    "act" TEXT NOT NULL,
    "scope" TEXT,
    "with_messages" BOOLEAN,
    "policy" "BlocklistPolicy",
    "apply_to_existing" BOOLEAN,
    "reason_code" TEXT NOT NULL,
    "reason" TEXT,
    "proposed_by" TEXT NOT NULL,
    "proposed_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_by" TEXT,

    CONSTRAINT "proposal_pkey" PRIMARY KEY ("media_sid")
);
