-- CreateEnum
CREATE TYPE "RenditionName" AS ENUM ('picture', 'audio', 'video', 'text');

-- CreateEnum
CREATE TYPE "RenditionState" AS ENUM ('pending', 'ready', 'original', 'failed');

-- CreateTable
CREATE TABLE "rendition" (
    "blob_sha256" TEXT NOT NULL,
    "name" "RenditionName" NOT NULL,
    "page" INTEGER NOT NULL,
    "state" "RenditionState" NOT NULL DEFAULT 'pending',
    "reason" TEXT,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "started_at" TIMESTAMPTZ(3),
    "key" TEXT,
    "content_type" TEXT,
    "byte_size" INTEGER,

    CONSTRAINT "rendition_pkey" PRIMARY KEY ("blob_sha256","name","page")
);

-- CreateIndex
CREATE INDEX "rendition_key_idx" ON "rendition"("key");

-- AddForeignKey
ALTER TABLE "rendition" ADD CONSTRAINT "rendition_blob_sha256_fkey" FOREIGN KEY ("blob_sha256") REFERENCES "blob"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE;
