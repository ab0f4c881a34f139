-- AlterTable
ALTER TABLE "media" ADD COLUMN     "fetched_at" TIMESTAMPTZ(3),
ADD COLUMN     "first_tried_at" TIMESTAMPTZ(3);
