-- CreateTable
CREATE TABLE "blocklist_catch" (
    "entry_id" BIGINT NOT NULL,
    "media_sid" TEXT NOT NULL,
    "distance" INTEGER,
    "caught_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "blocklist_catch_pkey" PRIMARY KEY ("entry_id","media_sid")
);

-- CreateIndex
CREATE INDEX "blocklist_catch_entry_id_caught_at_media_sid_idx" ON "blocklist_catch"("entry_id", "caught_at" DESC, "media_sid" DESC);


-- What was caught until now is in the audit log alone.
INSERT INTO "blocklist_catch" ("entry_id", "media_sid", "distance", "caught_at")
SELECT found.match[1]::bigint, target, found.match[2]::int, at
FROM "audit_entry"
CROSS JOIN LATERAL (
  SELECT regexp_match(reason, '^matches blocklist entry (\d{1,18}), (?:the same bytes|distance (\d{1,3}))$') AS match
) AS found
WHERE action = 'media.quarantine' AND actor = 'system:blocklist' AND found.match IS NOT NULL
ORDER BY id
ON CONFLICT DO NOTHING;
