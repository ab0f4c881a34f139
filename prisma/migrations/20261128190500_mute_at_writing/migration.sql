-- AlterTable
ALTER TABLE "message" ADD COLUMN     "muted" BOOLEAN NOT NULL DEFAULT false;
