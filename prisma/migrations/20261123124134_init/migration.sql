-- CreateEnum
CREATE TYPE "MessageSource" AS ENUM ('webhook', 'import');

-- CreateEnum
CREATE TYPE "MediaState" AS ENUM ('pending', 'stored', 'failed', 'deleted');

-- CreateEnum
CREATE TYPE "Moderation" AS ENUM ('visible', 'held', 'quarantined');

-- CreateEnum
CREATE TYPE "UpstreamState" AS ENUM ('kept', 'deleting', 'deleted', 'none');

-- CreateEnum
CREATE TYPE "PreviewSize" AS ENUM ('small', 'medium', 'large');

-- CreateEnum
CREATE TYPE "Role" AS ENUM ('viewer', 'moderator', 'admin');

-- CreateTable
CREATE TABLE "message" (
    "sid" TEXT NOT NULL,
    "account_sid" TEXT NOT NULL,
    "from" TEXT NOT NULL,
    "to" TEXT NOT NULL,
    "body" TEXT NOT NULL,
    "source" "MessageSource" NOT NULL,
    "params" JSONB NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "message_pkey" PRIMARY KEY ("sid")
);

-- CreateTable
CREATE TABLE "media" (
    "sid" TEXT NOT NULL,
    "message_sid" TEXT NOT NULL,
    "account_sid" TEXT NOT NULL,
    "index" INTEGER NOT NULL,
    "url" TEXT,
    "from" TEXT,
    "to" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "state" "MediaState" NOT NULL DEFAULT 'pending',
    "reason" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3),
    "moderation" "Moderation" NOT NULL DEFAULT 'visible',
    "declared_content_type" TEXT,
    "content_type" TEXT,
    "file_name" TEXT,
    "blob_sha256" TEXT,
    "stored_at" TIMESTAMPTZ(3),
    "deleted_at" TIMESTAMPTZ(3),
    "upstream" "UpstreamState" NOT NULL DEFAULT 'kept',

    CONSTRAINT "media_pkey" PRIMARY KEY ("sid")
);

-- CreateTable
CREATE TABLE "blob" (
    "sha256" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "byte_size" BIGINT NOT NULL,
    "content_type" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "preview_kind" TEXT,
    "preview_reason" TEXT,
    "width" INTEGER,
    "height" INTEGER,
    "thumbhash" TEXT,

    CONSTRAINT "blob_pkey" PRIMARY KEY ("sha256")
);

-- CreateTable
CREATE TABLE "preview" (
    "blob_sha256" TEXT NOT NULL,
    "size" "PreviewSize" NOT NULL,
    "key" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "width" INTEGER NOT NULL,
    "height" INTEGER NOT NULL,
    "byte_size" INTEGER NOT NULL,

    CONSTRAINT "preview_pkey" PRIMARY KEY ("blob_sha256","size")
);

-- CreateTable
CREATE TABLE "api_key" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "role" "Role" NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "message_received_at_sid_idx" ON "message"("received_at" DESC, "sid" DESC);

-- CreateIndex
CREATE INDEX "message_from_received_at_sid_idx" ON "message"("from", "received_at" DESC, "sid" DESC);

-- CreateIndex
CREATE INDEX "message_to_received_at_sid_idx" ON "message"("to", "received_at" DESC, "sid" DESC);

-- CreateIndex
CREATE INDEX "media_received_at_message_sid_index_idx" ON "media"("received_at" DESC, "message_sid" DESC, "index");

-- CreateIndex
CREATE INDEX "media_state_received_at_message_sid_index_idx" ON "media"("state", "received_at" DESC, "message_sid" DESC, "index");

-- CreateIndex
CREATE INDEX "media_from_received_at_message_sid_index_idx" ON "media"("from", "received_at" DESC, "message_sid" DESC, "index");

-- CreateIndex
CREATE INDEX "media_to_received_at_message_sid_index_idx" ON "media"("to", "received_at" DESC, "message_sid" DESC, "index");

-- CreateIndex
CREATE INDEX "media_content_type_idx" ON "media" USING SPGIST ("content_type");

-- CreateIndex
CREATE INDEX "media_blob_sha256_idx" ON "media"("blob_sha256");

-- CreateIndex
CREATE UNIQUE INDEX "media_message_sid_index_key" ON "media"("message_sid", "index");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_name_key" ON "api_key"("name");

-- CreateIndex
CREATE UNIQUE INDEX "api_key_secret_hash_key" ON "api_key"("secret_hash");

-- AddForeignKey
ALTER TABLE "media" ADD CONSTRAINT "media_message_sid_fkey" FOREIGN KEY ("message_sid") REFERENCES "message"("sid") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "media" ADD CONSTRAINT "media_blob_sha256_fkey" FOREIGN KEY ("blob_sha256") REFERENCES "blob"("sha256") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "preview" ADD CONSTRAINT "preview_blob_sha256_fkey" FOREIGN KEY ("blob_sha256") REFERENCES "blob"("sha256") ON DELETE CASCADE ON UPDATE CASCADE;
