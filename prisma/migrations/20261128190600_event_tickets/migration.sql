-- CreateTable
CREATE TABLE "event_ticket" (
    "hash" TEXT NOT NULL,
    "key_id" TEXT,
    "key_hash" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_ticket_pkey" PRIMARY KEY ("hash")
);

-- CreateIndex
CREATE INDEX "event_ticket_expires_at_idx" ON "event_ticket"("expires_at");
