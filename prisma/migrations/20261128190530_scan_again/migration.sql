-- AlterTable
ALTER TABLE "blob" ADD COLUMN     "scan_due_at" TIMESTAMPTZ(3),
ADD COLUMN     "scan_tries" INTEGER NOT NULL DEFAULT 0;

-- CreateIndex
CREATE INDEX "blob_scan_due_at_idx" ON "blob"("scan_due_at");
