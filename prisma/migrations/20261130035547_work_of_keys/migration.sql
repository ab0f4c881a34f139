-- AlterTable
ALTER TABLE "api_key" ADD COLUMN     "numbers" TEXT[] DEFAULT ARRAY[]::TEXT[],
ADD COLUMN     "queues" TEXT[] DEFAULT ARRAY[]::TEXT[];
