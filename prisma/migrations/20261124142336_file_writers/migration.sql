-- CreateTable
CREATE TABLE "file_writer" (
    "id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "file_writer_pkey" PRIMARY KEY ("id")
);
