-- CreateTable
CREATE TABLE "periodic_task" (
    "name" TEXT NOT NULL,
    "begun_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "periodic_task_pkey" PRIMARY KEY ("name")
);
