-- CreateIndex
CREATE INDEX "message_account_sid_received_at_sid_idx" ON "message"("account_sid", "received_at" DESC, "sid" DESC);
