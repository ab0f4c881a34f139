-- The search for words works without the index, only slower: a user who may not create extensions can start.
-- New texts wait in a list that is merged into the index when it has 128 kB: merging the default, 4 MB, takes the
-- embedded database longer than a webhook should wait.
-- A script is cut at every semicolon, so those of the block are escaped.
DO E'
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm\073
    CREATE INDEX "message_body_trgm_idx" ON "message" USING GIN ("body" gin_trgm_ops)
        WITH (gin_pending_list_limit = 128)\073
EXCEPTION
    WHEN insufficient_privilege OR undefined_file OR undefined_object OR feature_not_supported THEN
        RAISE WARNING ''no index for the text of messages: %'', SQLERRM\073
END
';
