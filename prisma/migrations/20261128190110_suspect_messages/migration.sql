-- AlterTable
ALTER TABLE "message" ADD COLUMN     "signature_hash" TEXT,
ADD COLUMN     "suspect" TEXT;

-- CreateIndex
CREATE UNIQUE INDEX "message_signature_hash_key" ON "message"("signature_hash");
