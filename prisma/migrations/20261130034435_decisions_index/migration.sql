-- CreateIndex
CREATE INDEX "audit_entry_decisions_idx" ON "audit_entry"("at", "id") WHERE (action = ANY (ARRAY['media.approve'::text, 'media.hold'::text, 'media.quarantine'::text, 'media.delete'::text]) AND NOT starts_with(actor, 'system:'::text));
