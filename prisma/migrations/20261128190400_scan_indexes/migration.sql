-- DropIndex
DROP INDEX "blob_preview_stale_idx";

-- DropIndex
DROP INDEX "media_blob_sha256_idx";

-- DropIndex
DROP INDEX "media_content_type_idx";

-- CreateIndex
CREATE INDEX "audit_entry_action_id_idx" ON "audit_entry"("action", "id");

-- CreateIndex
CREATE INDEX "blob_preview_stale_sha256_idx" ON "blob"("preview_stale", "sha256");

-- CreateIndex
CREATE INDEX "blocklist_entry_kind_id_idx" ON "blocklist_entry"("kind", "id");

-- CreateIndex
CREATE INDEX "deletion_target_deletion_id_sid_idx" ON "deletion_target"("deletion_id", "sid");

-- CreateIndex
CREATE INDEX "deletion_target_blocked_idx" ON "deletion_target"("deletion_id", "blocked_since") WHERE (is_open AND blocked_since IS NOT NULL);

-- CreateIndex
CREATE INDEX "deletion_target_to_forget_idx" ON "deletion_target"("deletion_id", "sid") WHERE (local = 'pending' AND forgotten_at IS NULL);

-- CreateIndex
CREATE INDEX "media_content_type_received_at_message_sid_index_idx" ON "media"("content_type", "received_at" DESC, "message_sid" DESC, "index");

-- CreateIndex
CREATE INDEX "media_blob_sha256_sid_idx" ON "media"("blob_sha256", "sid");

-- CreateIndex
CREATE INDEX "media_upstream_deleting_idx" ON "media"("sid") WHERE ("upstream" = 'deleting');

-- AlterTable
ALTER TABLE "bulk_act" ADD COLUMN "changed" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "deleted" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "todo" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "unchanged" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN "unknown" INTEGER NOT NULL DEFAULT 0;

UPDATE "bulk_act" SET "todo" = counted.todo, "changed" = counted.changed,
    "unchanged" = counted.unchanged, "unknown" = counted.unknown, "deleted" = counted.deleted
FROM (
    SELECT "act_id",
        count(*) FILTER (WHERE "outcome" IS NULL) AS todo,
        count(*) FILTER (WHERE "outcome" = 'changed') AS changed,
        count(*) FILTER (WHERE "outcome" = 'unchanged') AS unchanged,
        count(*) FILTER (WHERE "outcome" = 'unknown') AS unknown,
        count(*) FILTER (WHERE "outcome" = 'deleted') AS deleted
    FROM "bulk_item" GROUP BY "act_id"
) AS counted
WHERE "id" = counted."act_id";
