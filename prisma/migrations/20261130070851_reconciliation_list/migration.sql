-- CreateIndex
CREATE INDEX "reconciliation_created_at_id_idx" ON "reconciliation"("created_at" DESC, "id" DESC);
