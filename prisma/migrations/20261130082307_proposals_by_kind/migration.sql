-- AlterTable
ALTER TABLE "delayed_act" ADD COLUMN     "pdq" TEXT,
ADD COLUMN     "sha256" TEXT;

-- CreateTable
CREATE TABLE "further_proposal" (
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

    CONSTRAINT "further_proposal_pkey" PRIMARY KEY ("media_sid","act")
);

-- AddForeignKey
ALTER TABLE "further_proposal" ADD CONSTRAINT "further_proposal_media_sid_fkey" FOREIGN KEY ("media_sid") REFERENCES "proposal"("media_sid") ON DELETE CASCADE ON UPDATE CASCADE;
