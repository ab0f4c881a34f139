-- CreateTable
CREATE TABLE "erasure" (
    "id" TEXT NOT NULL,
    "sender_id" TEXT NOT NULL,
    "requested_by" TEXT NOT NULL,
    "deletion_id" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "erasure_pkey" PRIMARY KEY ("id")
);
