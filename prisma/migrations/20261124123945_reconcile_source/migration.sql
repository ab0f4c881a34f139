-- CreateEnum
CREATE TYPE "ReconciliationState" AS ENUM ('waiting', 'running', 'done', 'failed');

-- AlterEnum
ALTER TYPE "MessageSource" ADD VALUE 'reconcile';

-- CreateTable
CREATE TABLE "reconciliation" (
    "id" TEXT NOT NULL,
    "state" "ReconciliationState" NOT NULL DEFAULT 'waiting',
    "since" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "to" TEXT,
    "dry_run" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "reconciliation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "reconciliation_account" (
    "reconciliation_id" TEXT NOT NULL,
    "account_sid" TEXT NOT NULL,
    "page" TEXT,
    "reached_at" TIMESTAMPTZ(3),
    "listed" INTEGER NOT NULL DEFAULT 0,
    "missing" INTEGER NOT NULL DEFAULT 0,
    "taken_in" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "missing_sids" TEXT[],
    "error" TEXT,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "reconciliation_account_pkey" PRIMARY KEY ("reconciliation_id","account_sid")
);

-- CreateTable
CREATE TABLE "account_sweep" (
    "account_sid" TEXT NOT NULL,
    "swept_until" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "account_sweep_pkey" PRIMARY KEY ("account_sid")
);

-- AddForeignKey
ALTER TABLE "reconciliation_account" ADD CONSTRAINT "reconciliation_account_reconciliation_id_fkey" FOREIGN KEY ("reconciliation_id") REFERENCES "reconciliation"("id") ON DELETE CASCADE ON UPDATE CASCADE;
