-- CreateIndex
CREATE INDEX "bulk_act_created_at_id_idx" ON "bulk_act"("created_at" DESC, "id" DESC);
