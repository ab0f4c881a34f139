-- CreateIndex
CREATE INDEX "sender_policy_id_idx" ON "sender"("policy", "id");

-- CreateIndex
CREATE INDEX "sender_muted_idx" ON "sender"("id") WHERE ("muted" = true);
