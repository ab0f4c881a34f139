-- CreateEnum
CREATE TYPE "DeletionTargetKind" AS ENUM ('media', 'message');

-- AlterTable
ALTER TABLE "deletion_target" ADD COLUMN     "kind" "DeletionTargetKind" NOT NULL DEFAULT 'media';

-- The previous release inserts targets without their kind, and identifies a message by its sid. A script is
-- cut at every semicolon, so those of the function are escaped.
CREATE FUNCTION "deletion_target_kind"() RETURNS trigger LANGUAGE plpgsql AS E'
BEGIN
    IF NEW.sid = NEW.message_sid THEN NEW.kind := ''message''\073 END IF\073
    RETURN NEW\073
END\073
';

CREATE TRIGGER "deletion_target_kind" BEFORE INSERT ON "deletion_target"
  FOR EACH ROW EXECUTE FUNCTION "deletion_target_kind"();
UPDATE "deletion_target" SET "kind" = 'message' WHERE "sid" = "message_sid";

-- CreateIndex
CREATE INDEX "blob_key_idx" ON "blob"("key");

-- CreateIndex
CREATE INDEX "preview_key_idx" ON "preview"("key");

-- CreateIndex
CREATE INDEX "deletion_target_open_messages_idx" ON "deletion_target"("message_sid") WHERE (kind = 'message' AND is_open);
