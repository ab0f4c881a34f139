-- AlterTable
ALTER TABLE "media" ADD COLUMN     "failure_code" TEXT;
