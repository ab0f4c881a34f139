-- CreateIndex
CREATE INDEX "message_suspect_idx" ON "message"("sid") WHERE (suspect IS NOT NULL);
