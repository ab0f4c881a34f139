-- CreateIndex
CREATE INDEX "bulk_item_media_sid_idx" ON "bulk_item"("media_sid");
