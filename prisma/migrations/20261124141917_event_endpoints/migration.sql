-- CreateEnum
CREATE TYPE "EndpointState" AS ENUM ('active', 'paused');

-- CreateEnum
CREATE TYPE "DeliveryState" AS ENUM ('pending', 'delivered', 'failed');

-- AlterTable
ALTER TABLE "event" ADD COLUMN     "position" BIGINT;

-- CreateTable
CREATE TABLE "event_publication" (
    "id" INTEGER NOT NULL,
    "last_position" BIGINT NOT NULL,

    CONSTRAINT "event_publication_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_endpoint" (
    "id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "types" TEXT[],
    "state" "EndpointState" NOT NULL DEFAULT 'active',
    "paused_reason" TEXT,
    "paused_at" TIMESTAMPTZ(3),
    "failing_since" TIMESTAMPTZ(3),
    "secret" TEXT NOT NULL,
    "previous_secret" TEXT,
    "previous_secret_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_endpoint_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_delivery" (
    "id" TEXT NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "position" BIGINT NOT NULL,
    "message_sid" TEXT NOT NULL,
    "media_sid" TEXT,
    "state" "DeliveryState" NOT NULL DEFAULT 'pending',
    "failures" INTEGER NOT NULL DEFAULT 0,
    "first_failed_at" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3),
    "delivered_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "event_delivery_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "event_attempt" (
    "id" BIGSERIAL NOT NULL,
    "delivery_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "milliseconds" INTEGER NOT NULL,
    "status" INTEGER,
    "error" TEXT,
    "response" TEXT,

    CONSTRAINT "event_attempt_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "event_delivery_endpoint_id_state_position_idx" ON "event_delivery"("endpoint_id", "state", "position");

-- CreateIndex
CREATE INDEX "event_delivery_endpoint_id_message_sid_idx" ON "event_delivery"("endpoint_id", "message_sid");

-- CreateIndex
CREATE INDEX "event_delivery_position_idx" ON "event_delivery"("position");

-- CreateIndex
CREATE UNIQUE INDEX "event_delivery_endpoint_id_position_key" ON "event_delivery"("endpoint_id", "position");

-- CreateIndex
CREATE INDEX "event_attempt_delivery_id_id_idx" ON "event_attempt"("delivery_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "event_position_key" ON "event"("position");

-- AddForeignKey
ALTER TABLE "event_delivery" ADD CONSTRAINT "event_delivery_position_fkey" FOREIGN KEY ("position") REFERENCES "event"("position") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_delivery" ADD CONSTRAINT "event_delivery_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "event_endpoint"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "event_attempt" ADD CONSTRAINT "event_attempt_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "event_delivery"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The one row that publishers take turns at.
INSERT INTO "event_publication" ("id", "last_position") VALUES (1, 0);
