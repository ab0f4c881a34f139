-- AlterEnum
ALTER TYPE "BulkOutcome" ADD VALUE 'claimed';
ALTER TYPE "BulkOutcome" ADD VALUE 'decided';
ALTER TYPE "BulkOutcome" ADD VALUE 'undone';

-- AlterTable
ALTER TABLE "bulk_act" ADD COLUMN     "claimed" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "decided" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "queue" TEXT,
ADD COLUMN     "undo_of" TEXT,
ADD COLUMN     "undone" INTEGER NOT NULL DEFAULT 0;

-- AlterTable
ALTER TABLE "bulk_item" ADD COLUMN     "acted_at" TIMESTAMPTZ(3),
ADD COLUMN     "former" JSONB;

-- CreateIndex
CREATE INDEX "bulk_act_undo_of_idx" ON "bulk_act"("undo_of");
