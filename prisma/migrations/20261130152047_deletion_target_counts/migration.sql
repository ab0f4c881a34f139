-- CreateTable
CREATE TABLE "deletion_target_count" (
    "deletion_id" BIGINT NOT NULL,
    "slot" INTEGER NOT NULL,
    "local" "TargetState" NOT NULL,
    "previews" "TargetState" NOT NULL,
    "upstream" "TargetState" NOT NULL,
    "targets" INTEGER NOT NULL,

    CONSTRAINT "deletion_target_count_pkey" PRIMARY KEY ("deletion_id","slot","local","previews","upstream")
);

-- Triggers, so that what the previous release writes is counted as well. Two transactions never write the same
-- row, and so do not wait for each other: each takes a slot of the deletion that no other holds, until it
-- ends. A script is cut at every semicolon, so those of the functions are escaped.
CREATE FUNCTION "deletion_target_count_add"(
    of_deletion BIGINT, local "TargetState", previews "TargetState", upstream "TargetState", added BIGINT
) RETURNS void LANGUAGE plpgsql AS E'
DECLARE
    free_slot INTEGER := 0\073
BEGIN
    WHILE NOT pg_try_advisory_xact_lock(
        hashtextextended(''deletion_target_count '' || of_deletion || '' '' || free_slot, 0)
    ) LOOP
        free_slot := free_slot + 1\073
    END LOOP\073
    INSERT INTO deletion_target_count AS counted VALUES (of_deletion, free_slot, local, previews, upstream, added)
    ON CONFLICT ON CONSTRAINT deletion_target_count_pkey
    DO UPDATE SET targets = counted.targets + excluded.targets\073
END\073
';

CREATE FUNCTION "deletion_target_inserted"() RETURNS trigger LANGUAGE plpgsql AS E'
BEGIN
    PERFORM deletion_target_count_add(deletion_id, local, previews, upstream, added)
    FROM (
        SELECT deletion_id, local, previews, upstream, count(*) AS added FROM new_targets GROUP BY 1, 2, 3, 4
    ) AS change\073
    RETURN NULL\073
END\073
';

CREATE FUNCTION "deletion_target_updated"() RETURNS trigger LANGUAGE plpgsql AS E'
BEGIN
    PERFORM deletion_target_count_add(deletion_id, local, previews, upstream, added)
    FROM (
        SELECT deletion_id, local, previews, upstream, sum(n) AS added
        FROM (
            SELECT deletion_id, local, previews, upstream, 1 AS n FROM new_targets
            UNION ALL SELECT deletion_id, local, previews, upstream, -1 FROM old_targets
        ) AS moved
        GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
    ) AS change\073
    RETURN NULL\073
END\073
';

CREATE TRIGGER "deletion_target_inserted" AFTER INSERT ON "deletion_target"
  REFERENCING NEW TABLE AS new_targets
  FOR EACH STATEMENT EXECUTE FUNCTION "deletion_target_inserted"();
CREATE TRIGGER "deletion_target_updated" AFTER UPDATE ON "deletion_target"
  REFERENCING OLD TABLE AS old_targets NEW TABLE AS new_targets
  FOR EACH STATEMENT EXECUTE FUNCTION "deletion_target_updated"();

-- What is there already. The triggers have locked the table: no other transaction writes it until this one ends.
INSERT INTO "deletion_target_count"
SELECT "deletion_id", 0, "local", "previews", "upstream", count(*) FROM "deletion_target" GROUP BY 1, 3, 4, 5;
