-- AlterTable
ALTER TABLE "file_writer" ADD COLUMN     "home" TEXT,
ADD COLUMN     "retired_at" TIMESTAMPTZ(3);
