import { createEventSender } from '../events/deliveries/send-event.ts';
import { startEventHousekeeping } from '../events/event-housekeeping.ts';
import { startHeartbeat } from '../jobs/worker-heartbeat.ts';
import { createMediaDownloader } from '../media/download/download-media.ts';
import { startHousekeeping } from '../media/housekeeping.ts';
import { createBlocklistIndex, loadBlocklist } from '../moderation/blocklist/blocklist-index.ts';
import { resendDeletionJobs } from '../moderation/deletions/retry-deletion.ts';
import { watchStuckDeletions } from '../moderation/deletions/stuck-deletions.ts';
import { createSweepRetention, startRetention } from '../moderation/retention/retention.ts';
import { createOutageLog } from '../monitoring/outage-log.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import { createPdqIndex } from '../pdq/pdq-index.ts';
import { logCapabilities, type PreviewPool } from '../preview/preview-pool.ts';
import { createSweepHealth } from '../reconciliation/sweep-health.ts';
import { createScanning } from '../screening/scanning.ts';
import { createScreen } from '../screening/screening.ts';
import { createApiCredentials, createAskTwilio } from '../twilio/ask-twilio.ts';
import { createJobHandlers } from './job-handlers.ts';
import type { Services } from './services.ts';
import { createUpstreamHealth, createUpstreamReports } from './upstream-reports.ts';

/** The worker role of a process. */
interface Worker {
  /** What previews it can make. */
  capabilities: PreviewPool['capabilities'];
  /**
   * Whether Twilio accepts our credentials, deletions come to their end, sweeps succeed, the classifier
   * answers.
   */
  checks: Record<string, ReadinessCheck>;
  /** Stops it, the queue included. */
  stop(): Promise<void>;
}

/** The worker role: cleans up after a process that died, then runs jobs. */
export async function startWorker(services: Services): Promise<Worker> {
  const { config, keyring, database, blobs, writer, queue, metrics, pool, deleteMedia, log } =
    services;
  const scanning = createScanning({ options: config.scan, database, queue, blobs, metrics, log });
  const endHousekeeping = startHousekeeping({
    database,
    queue,
    blobs,
    writer,
    log,
    async resendOthers() {
      await resendDeletionJobs(database, queue);
      await scanning.resend();
    },
  });
  const endEventHousekeeping = startEventHousekeeping({ database, queue, log });
  const stuck = watchStuckDeletions(database, log);
  metrics.gauge(
    'mms_inbox_deletions_stuck',
    'Deletions that do not come to their end by themselves',
    stuck.count,
  );
  const sweeps = createSweepHealth(database, keyring.accounts);
  const sweepsRun = config.reconcileIntervalMinutes > 0;
  if (sweepsRun) {
    metrics.gauge(
      'mms_inbox_reconciliation_last_success_timestamp_seconds',
      'When the last complete sweep began, of the account that has waited longest; 0 for none yet',
      sweeps.lastSuccess,
    );
  }
  const sender = createEventSender(config.eventHosts);
  const outage = createOutageLog('Twilio', log);
  const askTwilio = createAskTwilio(createApiCredentials(config, keyring), outage);
  const downloader = createMediaDownloader({
    apiBaseUrl: config.twilioApiBaseUrl,
    redirectHosts: config.mediaRedirectHosts,
    maxBytes: config.mediaMaxBytes,
    askTwilio,
  });
  const upstream = createUpstreamHealth();
  const reports = createUpstreamReports(metrics, upstream, log);
  const index = createBlocklistIndex(database, createPdqIndex());
  const screen = createScreen({ database, queue, index, scan: scanning.scan });
  // Two more than decode: while one job writes thumbnails and one commits, the next is decoded.
  const previews = config.previewConcurrency + 2;
  await queue.work(
    await createJobHandlers({
      ...services,
      askTwilio,
      downloader,
      sender,
      screen,
      index,
      reports,
      isTwilioOut: outage.isOut,
      scanAgain: scanning.scanAgain,
    }),
    { 'preview-media': previews + scanning.concurrency, 'rebuild-preview': previews },
  );
  const endHeartbeat = await startHeartbeat(database, log);
  const endRetention = startRetention(
    createSweepRetention({ database, deleteMedia, rules: config.retentionRules }),
    log,
  );
  const stopping = new AbortController();
  logCapabilities(pool, log, stopping.signal);
  loadBlocklist(index, log, stopping.signal);
  return {
    capabilities: pool.capabilities,
    checks: {
      upstream: upstream.check,
      deletions: stuck.check,
      ...(sweepsRun ? { reconciliation: sweeps.check } : {}),
      ...(scanning.check === undefined ? {} : { scan: scanning.check }),
    },
    async stop() {
      stopping.abort();
      await endHeartbeat();
      await stuck.stop();
      await endRetention();
      await endHousekeeping();
      await endEventHousekeeping();
      // The queue first: jobs that are handed back must not count as downloads that failed.
      await queue.stop();
      await downloader.close();
      await sender.close();
    },
  };
}
