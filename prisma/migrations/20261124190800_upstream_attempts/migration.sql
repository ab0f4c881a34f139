-- AlterTable
ALTER TABLE "media" ADD COLUMN     "upstream_attempts" INTEGER NOT NULL DEFAULT 0;
