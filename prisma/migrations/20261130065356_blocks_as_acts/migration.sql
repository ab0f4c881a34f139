-- AlterEnum
ALTER TYPE "ClaimEnding" ADD VALUE 'acted';

-- DropIndex
DROP INDEX "delayed_act_waiting_key";

-- AlterTable
ALTER TABLE "delayed_act" ADD COLUMN     "apply_to_existing" BOOLEAN,
ADD COLUMN     "policy" "BlocklistPolicy";

-- CreateIndex
CREATE UNIQUE INDEX "delayed_act_decision_key" ON "delayed_act"("media_sid") WHERE (state = 'waiting' AND NOT starts_with(act, 'block'::text));

-- CreateIndex
CREATE UNIQUE INDEX "delayed_act_block_key" ON "delayed_act"("media_sid", "act") WHERE (state = 'waiting' AND starts_with(act, 'block'::text));
