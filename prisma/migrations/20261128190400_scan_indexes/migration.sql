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
CREATE INDEX "deletion_target_blocked_idx" ON "deletion_target"("blocked_since") WHERE (is_open AND blocked_since IS NOT NULL);

-- CreateIndex
CREATE INDEX "media_content_type_received_at_message_sid_index_idx" ON "media"("content_type", "received_at" DESC, "message_sid" DESC, "index");

-- CreateIndex
CREATE INDEX "media_blob_sha256_sid_idx" ON "media"("blob_sha256", "sid");

-- CreateIndex
CREATE INDEX "media_upstream_deleting_idx" ON "media"("sid") WHERE ("upstream" = 'deleting');
