-- CreateTable
CREATE TABLE "refused_webhook" (
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "receiver" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "advice" TEXT NOT NULL,
    "status" INTEGER NOT NULL,
    "count" INTEGER NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "refused_webhook_pkey" PRIMARY KEY ("hour","receiver","cause","advice")
);
