-- CreateEnum
CREATE TYPE "SenderPolicy" AS ENUM ('none', 'quarantine', 'refuse');

-- CreateTable
CREATE TABLE "sender" (
    "id" TEXT NOT NULL,
    "address" TEXT,
    "policy" "SenderPolicy" NOT NULL DEFAULT 'none',
    "muted" BOOLEAN NOT NULL DEFAULT false,
    "note" TEXT,
    "updated_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "sender_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "sender_address_key" ON "sender"("address");
