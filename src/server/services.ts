import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import type { Database } from '../database/database.ts';
import { measureDatabase } from '../database/measure-database.ts';
import { openDatabase } from '../database/open-database.ts';
import { sharedSecret } from '../database/shared-secret.ts';
import { requireNoUnfinishedMove } from '../database/unfinished-move.ts';
import type { BlobStore } from '../files/blob-store.ts';
import { openBlobStore } from '../files/open-blob-store.ts';
import { type CommitMessage, createCommitMessage } from '../inbound/commit-message.ts';
import { createFetchPriority } from '../inbound/fetch-priority.ts';
import type { InitialModerationOf, ModerationDefaults } from '../inbound/initial-moderation.ts';
import { createGroupWriter } from '../inbound/message-store.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import { measureJobs } from '../jobs/measure-jobs.ts';
import { createPgBossQueue } from '../jobs/pg-boss-queue.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { type FileWriter, registerFileWriter } from '../media/file-writer.ts';
import {
  createDeleteMedia,
  createDeleteMessage,
  type DeleteMedia,
  type DeleteMessage,
} from '../moderation/deletions/delete-media.ts';
import type { RunDeps } from '../moderation/deletions/run-deletion.ts';
import {
  createInitialModerationOf,
  moderationDefaultsOf,
} from '../moderation/initial-moderation.ts';
import { createEraseLate } from '../moderation/senders/erase-sender.ts';
import { createSenderIds, type SenderIds } from '../moderation/senders/sender-id.ts';
import { type CountStrikes, createCountStrikes } from '../moderation/senders/strikes.ts';
import { createMetrics, type Metrics } from '../monitoring/metrics.ts';
import { NO_TRACING, openTracing, type Tracing } from '../monitoring/tracing.ts';
import { createPreviewPool, type PreviewPool } from '../preview/preview-pool.ts';
import { type OpenKeyring, openKeyring } from '../twilio/keyring.ts';

/** The services that both roles of a process use. */
export interface Services {
  config: Readonly<Config>;
  keyring: OpenKeyring;
  database: Database;
  blobs: BlobStore;
  writer: FileWriter;
  queue: JobQueue;
  metrics: Metrics;
  tracing: Tracing;
  /** The initial moderation of messages and media whose sender no moderator has decided about. */
  moderationDefaults: ModerationDefaults;
  commitMessage: CommitMessage;
  senderIds: SenderIds;
  countStrikes: CountStrikes;
  initialModerationOf: InitialModerationOf;
  pool: PreviewPool;
  deleting: RunDeps;
  deleteMedia: DeleteMedia;
  deleteMessage: DeleteMessage;
  log: Logger;
}

/**
 * Opens the services.
 *
 * @param lifecycle receives the function that closes each of them, also when this rejects
 */
export async function openServices(
  config: Readonly<Config>,
  log: Logger,
  lifecycle: Lifecycle,
): Promise<Services> {
  const keyring = openKeyring(config, log);
  lifecycle.add('keyring', keyring.close);
  const metrics = createMetrics();
  const tracing = config.traces ? await openTracing() : NO_TRACING;
  lifecycle.add('traces', tracing.close);
  log.info({ database: databaseName(config) }, 'opening the database');
  const database = await openDatabase(config, log, (outcome) => metrics.listReads.inc({ outcome }));
  lifecycle.add('database', () => database.close());
  if (database.kind === 'server') {
    await requireNoUnfinishedMove((sql) => database.prisma.$queryRawUnsafe(sql));
  }
  measureDatabase(metrics, database);
  measureJobs(metrics, database);
  if (database.lists.measureLag !== undefined) {
    metrics.gauge(
      'mms_inbox_standby_lag_bytes',
      'WAL that the standby of DATABASE_READ_URL has not replayed yet; NaN when it does not answer',
      database.lists.measureLag,
    );
  }
  const writer = await registerFileWriter(database, log);
  lifecycle.add('file writer', writer.close);
  const blobs = await openBlobStore(config, writer.id, log);
  lifecycle.add('blob store', blobs.close);
  // A bucket that cannot be used is reported at once, by the outage log. Webhooks are answered without it.
  if (config.s3 !== undefined) void blobs.checkWritable().catch(() => undefined);
  const queue = createPgBossQueue(database, log);
  lifecycle.add('job queue', queue.stop);
  await queue.start();
  const pool = createPreviewPool({
    concurrency: config.previewConcurrency,
    toolPath: config.toolPath,
    onCrash: (end) => log.warn(end, 'a preview process crashed'),
  });
  lifecycle.add('preview pool', () => pool.close());
  const senderIds = createSenderIds(await sharedSecret(database, 'senders'));
  const moderationDefaults = moderationDefaultsOf(config.moderationMode);
  const initialModerationOf = createInitialModerationOf(senderIds, moderationDefaults);
  const countStrikes = createCountStrikes(senderIds);
  const deleteUpstream = config.deleteUpstream !== 'never';
  const deleting = { database, queue, blobs, deleteUpstream, countStrikes };
  const eraseLate = createEraseLate({ ...deleting, senderIds });
  const commitMessage = createCommitMessage(
    createGroupWriter({
      database,
      queue,
      initialModerationOf,
      eraseLate,
      fetchPriority: createFetchPriority(),
    }),
    database.kind === 'server' ? 2 : 1,
  );
  return {
    config,
    keyring,
    database,
    blobs,
    writer,
    queue,
    pool,
    log,
    metrics,
    tracing,
    moderationDefaults,
    commitMessage,
    senderIds,
    countStrikes,
    initialModerationOf,
    deleting,
    deleteMedia: createDeleteMedia(deleting),
    deleteMessage: createDeleteMessage(deleting),
  };
}

/** Without user and password. */
function databaseName({ databaseUrl }: Config): string {
  const url = URL.parse(databaseUrl ?? '');
  return url === null ? 'embedded' : `${url.host}${url.pathname}`;
}
