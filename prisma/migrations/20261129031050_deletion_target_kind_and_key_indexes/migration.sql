-- CreateEnum
CREATE TYPE "DeletionTargetKind" AS ENUM ('media', 'message');

-- AlterTable
ALTER TABLE "deletion_target" ADD COLUMN     "kind" "DeletionTargetKind" NOT NULL DEFAULT 'media';

-- The release before this one inserts targets without their kind, and knows a message by its sid.
CREATE FUNCTION deletion_target_kind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.sid = NEW.message_sid THEN NEW.kind := 'message'; END IF;
  RETURN NEW;
END
$$;
CREATE TRIGGER deletion_target_kind BEFORE INSERT ON "deletion_target"
  FOR EACH ROW EXECUTE FUNCTION deletion_target_kind();
UPDATE "deletion_target" SET "kind" = 'message' WHERE "sid" = "message_sid";

-- CreateIndex
CREATE INDEX "blob_key_idx" ON "blob"("key");

-- CreateIndex
CREATE INDEX "preview_key_idx" ON "preview"("key");
