-- AlterTable
ALTER TABLE "erasure" ADD COLUMN     "purged_at" TIMESTAMPTZ(3);

-- Until now an erasure ended with the purge.
UPDATE "erasure" SET "purged_at" = "erased_at";
