import { createEventSender } from '../events/deliveries/send-event.ts';
import { startEventHousekeeping } from '../events/event-outbox.ts';
import { startHeartbeat } from '../jobs/worker-heartbeat.ts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { createMediaDownloader } from '../media/download/download-media.ts';
import { startHousekeeping } from '../media/housekeeping.ts';
import { createBlocklistIndex, loadBlocklist } from '../moderation/blocklist/blocklist-index.ts';
import { resendDeletionJobs } from '../moderation/deletions/retry-deletion.ts';
import { watchStuckDeletions } from '../moderation/deletions/stuck-deletions.ts';
import { createSweepRetention, startRetention } from '../moderation/retention/retention.ts';
import { createOutageLog } from '../monitoring/outage-log.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import { createPdqIndex } from '../pdq/pdq-index.ts';
import { logCapabilities } from '../preview/log-capabilities.ts';
import type { PreviewPool } from '../preview/preview-pool.ts';
import { createSweepHealth, startSweeps } from '../reconciliation/reconcile-job.ts';
import { createScanning } from '../screening/scanning.ts';
import { createScreen } from '../screening/screening.ts';
import { createApiCredentials, createAskTwilio } from '../twilio/ask-twilio.ts';
import { createJobHandlers } from './job-handlers.ts';
import type { Services } from './services.ts';
import { createUpstreamHealth, createUpstreamReports } from './upstream-reports.ts';

/** The worker role of a process. */
interface Worker {
  /** The kinds of previews that it can make. */
  capabilities: PreviewPool['capabilities'];
  /**
   * Readiness checks: Twilio accepts our credentials, deletions complete, sweeps succeed, the
   * classifier answers.
   */
  checks: Record<string, ReadinessCheck>;
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
  // Closed before the downloader: jobs that are handed back must not count as failed downloads.
  lifecycle.add('jobs', queue.stop);

  const scanning = createScanning({ options: config.scan, database, queue, blobs, metrics, log });
  const housekeeping = startHousekeeping({
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
  lifecycle.add('housekeeping', housekeeping);
  lifecycle.add('event housekeeping', startEventHousekeeping({ database, queue, log }));
  const stuck = watchStuckDeletions(database, log);
  lifecycle.add('watch over stuck deletions', stuck.stop);
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
    screen: createScreen({ database, queue, index, scan: scanning.scan }),
    reports: createUpstreamReports(metrics, upstream, log),
    isTwilioOut: outage.isOut,
    scanAgain: scanning.scanAgain,
  });
  // Two more than the decoders: while one job writes thumbnails and one commits, another decodes.
  const previews = config.previewConcurrency + 2;
  await queue.work(handlers, {
    'preview-media': previews + scanning.concurrency,
    'rebuild-preview': previews,
  });

  const sweepRetention = createSweepRetention({
    database,
    deleteMedia,
    rules: config.retentionRules,
  });
  lifecycle.add('retention', startRetention(sweepRetention, log));
  lifecycle.add('heartbeat', await startHeartbeat(database, log));
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
    },
  };
}
