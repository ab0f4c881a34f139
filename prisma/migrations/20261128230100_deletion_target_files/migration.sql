-- CreateIndex
CREATE INDEX "deletion_target_files_idx" ON "deletion_target"("sha256") WHERE (local_files <> '{}');
