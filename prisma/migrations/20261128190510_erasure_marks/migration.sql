-- CreateIndex
CREATE INDEX "erasure_sender_id_created_at_idx" ON "erasure"("sender_id", "created_at");
