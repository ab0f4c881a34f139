-- AlterTable
ALTER TABLE "blob" ADD COLUMN     "pdq" TEXT,
ADD COLUMN     "pdq_quality" INTEGER;
