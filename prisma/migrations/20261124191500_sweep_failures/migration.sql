-- AlterTable
ALTER TABLE "account_sweep" ADD COLUMN     "error" TEXT,
ADD COLUMN     "failed_at" TIMESTAMPTZ(3),
ALTER COLUMN "swept_until" DROP NOT NULL;
