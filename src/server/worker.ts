import type { Logger } from 'pino';
import type { Config } from '../config/config.ts';
import { startClaimHousekeeping } from '../desk/claim-housekeeping.ts';
import { createCountQueues, measureQueues } from '../desk/count-queues.ts';
import { createEventSender } from '../events/deliveries/send-event.ts';
import { startEventHousekeeping } from '../events/event-outbox.ts';
import { startExportHousekeeping } from '../exports/export-housekeeping.ts';
import { removeOldRefusals } from '../inbound/refusals/refused-webhooks.ts';
import { removeEndedWorkers, startHeartbeat } from '../jobs/worker-heartbeat.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { createMediaDownloader } from '../media/download/download-media.ts';
import { writerLock } from '../media/file-writer.ts';
import { startHousekeeping } from '../media/housekeeping.ts';
import { measureMedia } from '../media/measure-media.ts';
import { removeOldActs, resendActs } from '../moderation/acts/act-housekeeping.ts';
import { createBlocklistIndex, loadBlocklist } from '../moderation/blocklist/blocklist-index.ts';
import { removeOldBulkActs } from '../moderation/bulk/bulk-housekeeping.ts';
import { resendDeletionJobs } from '../moderation/deletions/retry-deletion.ts';
import { watchStuckDeletions } from '../moderation/deletions/stuck-deletions.ts';
import { createSweepRetention, startRetention } from '../moderation/retention/retention.ts';
import { removeOldStrikes } from '../moderation/senders/strikes.ts';
import { createOutageLog } from '../monitoring/outage-log.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import { createPdqIndex } from '../pdq/pdq-index.ts';
import { logCapabilities } from '../preview/log-capabilities.ts';
import { createPreviewPool, type PreviewPool } from '../preview/preview-pool.ts';
import { createSweepHealth, startSweeps } from '../reconciliation/reconcile-job.ts';
import { createScanning } from '../screening/scanning.ts';
import { createScreenAgain } from '../screening/screen-again.ts';
import { createScreen } from '../screening/screening.ts';
import { createTranscribing } from '../transcripts/transcribing.ts';
import { createApiCredentials, createAskTwilio } from '../twilio/ask-twilio.ts';
import { createVerificationHealth } from '../verification/verification-health.ts';
import { resendVerifications } from '../verification/verifications.ts';
import { createJobHandlers } from './job-handlers.ts';
import type { Services } from './services.ts';
import { createUpstreamHealth, createUpstreamReports } from './upstream-reports.ts';

/** The worker role of a process. */
interface Worker {
  /** The kinds of previews that it can make. */
  capabilities: PreviewPool['capabilities'];
  /**
   * Readiness checks: Twilio accepts our credentials, deletions complete, sweeps succeed, the
   * classifier and the transcription server answer.
   */
  checks: Record<string, ReadinessCheck>;
}

// A video is decoded and encoded as a whole.
const RENDITION_TIMEOUT_MS = 300_000;
const RENDITION_LIMITS = { cpuSeconds: 600, fileBytes: 256 * 1024 ** 2 };

/** At most half of the decoders' number, so that new attachments get their previews meanwhile. */
function renditionConcurrency({ previewConcurrency }: Config): number {
  return Math.max(1, Math.floor(previewConcurrency / 2));
}

/** Processes of their own: previews do not wait for renditions, which may take minutes. */
function createRenditionPool(config: Config, log: Logger): PreviewPool {
  const concurrency = renditionConcurrency(config);
  return createPreviewPool({
    concurrency,
    processes: concurrency,
    toolPath: config.toolPath,
    timeoutMs: RENDITION_TIMEOUT_MS,
    limits: RENDITION_LIMITS,
    onCrash: (end) => log.warn(end, 'a rendition process crashed'),
  });
}

/**
 * The worker role: cleans up after processes that crashed, then runs jobs.
 *
 * @param lifecycle receives the function that closes each part, including the job queue
 */
export async function startWorker(services: Services, lifecycle: Lifecycle): Promise<Worker> {
  const { config, keyring, database, blobs, writer, queue, metrics, pool, deleteMedia, log } =
    services;
  const sender = createEventSender(config.eventHosts);
  lifecycle.add('event sender', sender.close);
  const outage = createOutageLog('Twilio', log);
  const askTwilio = createAskTwilio(createApiCredentials(config, keyring), outage);
  const downloader = createMediaDownloader({
    apiBaseUrl: config.twilioApiBaseUrl,
    redirectHosts: config.mediaRedirectHosts,
    maxBytes: config.mediaMaxBytes,
    askTwilio,
  });
  lifecycle.add('downloader', downloader.close);
  const renditionPool = createRenditionPool(config, log);
  lifecycle.add('rendition pool', () => renditionPool.close());
  // Closed before the downloader: jobs that are handed back must not count as failed downloads.
  lifecycle.add('jobs', queue.stop);

  const scanning = createScanning({ options: config.scan, database, queue, blobs, metrics, log });
  const transcribing = createTranscribing({
    options: config.transcribe,
    database,
    queue,
    blobs,
    pool: renditionPool,
    metrics,
    log,
  });
  const housekeeping = startHousekeeping({
    database,
    queue,
    blobs,
    writer,
    log,
    async forgetOthers() {
      await removeOldActs(database);
      await removeOldBulkActs(database);
      await removeOldStrikes(database);
      await removeOldRefusals(database);
      await removeEndedWorkers(database);
    },
    async resendOthers() {
      // One that fails keeps none of the others back.
      const sent = await Promise.allSettled([
        resendActs(database, queue),
        resendDeletionJobs(database, queue),
        resendVerifications(database, queue),
        scanning.resend(),
        transcribing.resend(),
      ]);
      const failure = sent.find(({ status }) => status === 'rejected');
      if (failure?.status === 'rejected') throw failure.reason;
    },
  });
  lifecycle.add('housekeeping', housekeeping);
  lifecycle.add('event housekeeping', startEventHousekeeping({ database, queue, log }));
  lifecycle.add('export housekeeping', startExportHousekeeping({ database, queue, log }));
  lifecycle.add('claim housekeeping', startClaimHousekeeping({ database, log }));
  measureQueues(metrics, createCountQueues(database));
  measureMedia(metrics, database);
  for (const result of ['delivered', 'retried', 'failed', 'paused'])
    metrics.eventDeliveries.inc({ result }, 0);
  const stuck = watchStuckDeletions(database, log);
  lifecycle.add('watch over stuck deletions', stuck.stop);
  metrics.gauge(
    'mms_inbox_deletions_stuck',
    'Deletions that do not come to their end by themselves',
    stuck.count,
  );
  metrics.gauge(
    'mms_inbox_deletions_open',
    'Deletions that are not completed: files or copies at Twilio are still to be removed',
    stuck.countOpen,
  );
  const verified = createVerificationHealth(database);
  metrics.gauge(
    'mms_inbox_verification_last_end_timestamp_seconds',
    'When the last verification of stored files ended; 0 for none yet',
    verified.lastEnd,
  );
  metrics.gauge(
    'mms_inbox_verification_findings',
    'Files that the last verification found missing, damaged or out of reach, and that were not repaired since',
    verified.open,
  );
  const sweeps = createSweepHealth(database, keyring.accounts);
  const sweepsRun = config.reconcileIntervalMinutes > 0;
  if (sweepsRun) {
    metrics.gauge(
      'mms_inbox_reconciliation_last_success_timestamp_seconds',
      'When the last complete sweep began, of the account that has waited longest; 0 for none yet',
      sweeps.lastSuccess,
    );
    await startSweeps(database, queue, config.reconcileIntervalMinutes);
  }

  const upstream = createUpstreamHealth();
  const index = createBlocklistIndex(database, createPdqIndex());
  const handlers = createJobHandlers({
    ...services,
    askTwilio,
    downloader,
    sender,
    index,
    renditionPool,
    largestRenditionBytes: renditionConcurrency(config) * RENDITION_LIMITS.fileBytes,
    screen: createScreen({ database, queue, index, scan: scanning.scan }),
    screenAgain: createScreenAgain({ queue, index, failure: config.scan?.failure }),
    reports: createUpstreamReports(metrics, upstream, log),
    isTwilioOut: outage.isOut,
    scanAgain: scanning.scanAgain,
    requestTranscripts: transcribing.request,
    transcribe: transcribing.transcribe,
  });
  // Two more than the decoders: while one job writes thumbnails and one commits, another decodes.
  const previews = config.previewConcurrency + 2;
  await queue.work(handlers, {
    'preview-media': previews + scanning.concurrency,
    'rebuild-preview': previews,
    'make-rendition': renditionConcurrency(config),
  });

  const sweepRetention = createSweepRetention({
    database,
    deleteMedia,
    rules: config.retentionRules,
  });
  lifecycle.add('retention', startRetention(sweepRetention, log));
  lifecycle.add('heartbeat', await startHeartbeat(database, () => writerLock(writer.id()), log));
  const stopping = new AbortController();
  lifecycle.add('start-up reports', () => stopping.abort());
  logCapabilities(pool, log, stopping.signal);
  loadBlocklist(index, log, stopping.signal);
  return {
    capabilities: pool.capabilities,
    checks: {
      upstream: upstream.check,
      deletions: stuck.check,
      ...(sweepsRun ? { reconciliation: sweeps.check } : {}),
      ...(scanning.check === undefined ? {} : { scan: scanning.check }),
      ...(transcribing.check === undefined ? {} : { transcription: transcribing.check }),
    },
  };
}
