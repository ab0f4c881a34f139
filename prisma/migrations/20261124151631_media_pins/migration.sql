-- AlterTable
ALTER TABLE "media" ADD COLUMN     "pinned" BOOLEAN NOT NULL DEFAULT false;
