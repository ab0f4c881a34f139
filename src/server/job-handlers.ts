import { createDeliverEvents } from '../events/deliveries/deliver-events.ts';
import { createResendEvents } from '../events/deliveries/resend-range.ts';
import type { EventSender } from '../events/deliveries/send-event.ts';
import { createMakeExport } from '../exports/make-export.ts';
import { createByteBudget } from '../files/byte-budget.ts';
import type { JobHandlers } from '../jobs/job-list.ts';
import type { MediaDownloader } from '../media/download/download-media.ts';
import { createFetchMedia } from '../media/fetch-media.ts';
import { createRemoveFiles } from '../media/new-files.ts';
import { createRunAct } from '../moderation/acts/run-act.ts';
import { createApplyBlocklist } from '../moderation/blocklist/apply-blocklist.ts';
import type { BlocklistIndex } from '../moderation/blocklist/blocklist-index.ts';
import { createRunBulkAct } from '../moderation/bulk/run-bulk-act.ts';
import { createRunBulkUndo } from '../moderation/bulk/run-bulk-undo.ts';
import {
  createDeleteUpstream,
  createDeleteUpstreamMessage,
  createUpstreamCopies,
} from '../moderation/deletions/delete-upstream.ts';
import { createDeleteLocal, createRunDeletion } from '../moderation/deletions/run-deletion.ts';
import { createTryUpstream } from '../moderation/deletions/try-upstream.ts';
import { createDeleteJudged, type ScreenAgain } from '../moderation/judgement.ts';
import { BY_RULE, settleMessages } from '../moderation/messages/settle-messages.ts';
import { createEraseSender } from '../moderation/senders/erase-sender.ts';
import { createPurgeDatabase } from '../moderation/senders/purge-database.ts';
import { createCommitMedia } from '../preview/commit-media.ts';
import { createKeepFetched } from '../preview/preview-fetched.ts';
import { createPreviewMedia } from '../preview/preview-media.ts';
import type { PreviewPool } from '../preview/preview-pool.ts';
import { createRebuildPreview } from '../preview/rebuild-previews.ts';
import { createRenderer } from '../preview/render-blob.ts';
import { createMakeRendition } from '../preview/renditions/rendition-job.ts';
import { createRequestAll } from '../preview/renditions/request-rendition.ts';
import type { Screen } from '../preview/screen.ts';
import { createReconcileHandler } from '../reconciliation/reconcile-job.ts';
import type { RequestTranscripts } from '../transcripts/request-transcripts.ts';
import type { AskTwilio } from '../twilio/ask-twilio.ts';
import { createCheckDecodable } from '../verification/check-decodable.ts';
import { createRefetchBlob } from '../verification/refetch-blob.ts';
import { createRepairFindings } from '../verification/repair-findings.ts';
import { createVerifyFiles } from '../verification/verify-files.ts';
import type { Services } from './services.ts';
import type { UpstreamReports } from './upstream-reports.ts';

/** Services that only jobs need. */
interface WorkerServices extends Services {
  askTwilio: AskTwilio;
  downloader: MediaDownloader;
  sender: EventSender;
  screen: Screen;
  screenAgain: ScreenAgain;
  index: BlocklistIndex;
  renditionPool: PreviewPool;
  /** How much the renditions that are made at once may write. */
  largestRenditionBytes: number;
  reports: UpstreamReports;
  /** Whether a Twilio outage is in progress; the outage itself is already logged. */
  isTwilioOut: () => boolean;
  scanAgain: JobHandlers['scan-again'];
  requestTranscripts: RequestTranscripts | undefined;
  transcribe: JobHandlers['transcribe'];
}

/** The handler of each job in `JOBS`. */
export function createJobHandlers(services: WorkerServices): JobHandlers {
  const { config, keyring, database, blobs, writer, queue, pool, metrics, log } = services;
  const {
    renditionPool,
    largestRenditionBytes,
    askTwilio,
    downloader,
    sender,
    screen,
    screenAgain,
    index,
    reports,
    isTwilioOut,
    scanAgain,
    requestTranscripts,
    transcribe,
  } = services;
  const { commitMessage, deleteMedia, countStrikes, tracing } = services;
  const { extractLocation: withLocation } = config;
  const budget = createByteBudget(config.mediaMaxBytes);
  const renderer = createRenderer({
    blobs,
    pool,
    budget,
    withLocation,
    tracing,
    onRendered: (kind, seconds) => metrics.previewSeconds.observe({ kind }, seconds),
  });
  const commitMedia = createCommitMedia({
    database,
    queue,
    blobs,
    writer,
    screen,
    pending: renderer.pending,
    onStored: reports.onStored,
    tracing,
    requestRenditions: config.renditions === 'eager' ? createRequestAll(queue) : undefined,
    requestTranscripts,
    deleteUpstreamAfterStore: config.deleteUpstream === 'after-store',
  });
  const previewing = { database, blobs, renderer, screen, commitMedia, tracing };
  const deletingUpstream = {
    database,
    queue,
    upstream: createUpstreamCopies({ apiBaseUrl: config.twilioApiBaseUrl, askTwilio }),
    tryUpstream: createTryUpstream({ database, log, onAnswer: reports.onDelete, isTwilioOut }),
  };
  const runDeletion = createRunDeletion(services.deleting);
  const runBulkAct = createRunBulkAct({ database, queue, deleteMedia, countStrikes });
  return {
    'fetch-media': createFetchMedia({
      database,
      queue,
      blobs,
      downloader,
      budget,
      keepFetched: createKeepFetched(previewing),
      log,
      retryForMs: config.fetchRetryHours * 3_600_000,
      onTry: reports.onFetch,
      tracing,
      isTwilioOut,
      settleMessages: (tx, sids) => settleMessages(tx, sids, BY_RULE, { onlyHeld: true }),
    }),
    'preview-media': createPreviewMedia(previewing),
    'rebuild-preview': createRebuildPreview({ database, queue, blobs, writer, renderer, log }),
    'make-rendition': createMakeRendition({
      database,
      queue,
      blobs,
      writer,
      pool: renditionPool,
      largestBytes: largestRenditionBytes,
      log,
    }),
    transcribe,
    'delete-upstream': createDeleteUpstream(deletingUpstream),
    'delete-upstream-message': createDeleteUpstreamMessage(deletingUpstream),
    'delete-local': createDeleteLocal({ database, queue, runDeletion }),
    'scan-again': scanAgain,
    'delete-judged': createDeleteJudged(deleteMedia),
    'apply-blocklist': createApplyBlocklist({ database, queue, index }),
    reconcile: createReconcileHandler({
      apiBaseUrl: config.twilioApiBaseUrl,
      intervalMinutes: config.reconcileIntervalMinutes,
      accounts: keyring.accounts,
      database,
      queue,
      askTwilio,
      commitMessage,
      log,
      onReconciled: (count) => metrics.reconciled.inc(count),
    }),
    'erase-sender': createEraseSender({ database, queue, runDeletion }),
    'purge-database': createPurgeDatabase(database),
    'bulk-act': runBulkAct,
    'bulk-delete': runBulkAct,
    'bulk-undo': createRunBulkUndo({ database, screenAgain, countStrikes }),
    'run-act': createRunAct(services),
    'make-export': createMakeExport({ database, blobs, ttlHours: config.exportTtlHours, log }),
    'deliver-events': createDeliverEvents({
      database,
      queue,
      sender,
      log,
      scheduleSeconds: config.eventRetrySeconds,
      onResult: (result) => metrics.eventDeliveries.inc({ result }),
    }),
    'resend-events': createResendEvents({ database, queue }),
    'remove-files': createRemoveFiles(blobs),
    'verify-files': createVerifyFiles({
      database,
      blobs,
      checkDecodable: createCheckDecodable({ blobs, pool }),
      repairFindings: createRepairFindings({
        database,
        queue,
        refetchBlob: createRefetchBlob({ database, queue, blobs, writer, downloader, budget }),
        log,
      }),
      log,
    }),
  };
}
