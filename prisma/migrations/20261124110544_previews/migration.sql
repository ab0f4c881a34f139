-- AlterEnum
ALTER TYPE "PreviewSize" ADD VALUE 'animated';

-- AlterTable
ALTER TABLE "blob" ADD COLUMN     "details" JSONB,
ADD COLUMN     "preview_stale" BOOLEAN NOT NULL DEFAULT false;

-- CreateIndex
CREATE INDEX "blob_preview_stale_idx" ON "blob"("preview_stale");
