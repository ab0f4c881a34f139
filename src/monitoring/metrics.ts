import pTimeout from 'p-timeout';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { shareFor } from '../lifecycle/share-results.ts';
import { VERSION } from './version.ts';

// In seconds, from an ordinary MMS to the last retry.
const DELAY_BUCKETS = [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600];

// In seconds: Twilio gives a webhook 15.
const WEBHOOK_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

// In seconds, from a small picture to a long video on a small processor.
const PREVIEW_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

// In seconds, from a graphics card to a small processor.
const TRANSCRIPTION_BUCKETS = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600];

// In seconds, from a model on the local network to the last retry.
const SCAN_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];

/** The Prometheus metrics. One registry per process; labels contain no personal data. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  new Gauge({
    name: 'mms_inbox_build_info',
    help: 'Always 1: the version of this process and of its Node',
    labelNames: ['version', 'node_version'],
    registers,
  }).set({ version: VERSION, node_version: process.versions.node }, 1);
  return {
    registry,
    webhooks: new Counter({
      name: 'mms_inbox_webhooks_total',
      help: 'Webhooks that were answered: new, known, spooled, or refused as not signed by Twilio',
      labelNames: ['outcome'] as const,
      registers,
    }),
    webhookSeconds: new Histogram({
      name: 'mms_inbox_webhook_duration_seconds',
      help: 'From the head of a webhook to its answer, by outcome',
      labelNames: ['outcome'] as const,
      buckets: WEBHOOK_BUCKETS,
      registers,
    }),
    refusals: new Counter({
      name: 'mms_inbox_webhooks_refused_total',
      help: 'Webhooks that were refused or not stored, by cause',
      labelNames: ['cause'] as const,
      registers,
    }),
    fetches: new Counter({
      name: 'mms_inbox_media_fetches_total',
      help: 'Tries to fetch an attachment from Twilio: ok, or the kind of failure',
      labelNames: ['result'] as const,
      registers,
    }),
    /** Of attachments. `step`: `tried` (first), `fetched` (the bytes are here), `stored` (it can be seen). */
    mediaDelay: new Histogram({
      name: 'mms_inbox_media_delay_seconds',
      help: 'From the receipt of a message to the first try to fetch an attachment, its bytes, and its storing',
      labelNames: ['step'] as const,
      buckets: DELAY_BUCKETS,
      registers,
    }),
    previewSeconds: new Histogram({
      name: 'mms_inbox_preview_duration_seconds',
      help: 'Making a preview, by its kind, with the wait for a decoder',
      labelNames: ['kind'] as const,
      buckets: PREVIEW_BUCKETS,
      registers,
    }),
    reconciled: new Counter({
      name: 'mms_inbox_reconciled_messages_total',
      help: 'Messages whose webhook did not arrive, added by reconciliation: should be zero',
      registers,
    }),
    scans: new Counter({
      name: 'mms_inbox_scans_total',
      help: 'Files sent to the classifier: its verdict, unjudged (it has none), failed, or skipped while it is down',
      labelNames: ['outcome'] as const,
      registers,
    }),
    scanSeconds: new Histogram({
      name: 'mms_inbox_scan_seconds',
      help: 'From the request to the answer of the classifier, or to giving up, with all tries',
      buckets: SCAN_BUCKETS,
      registers,
    }),
    transcriptions: new Counter({
      name: 'mms_inbox_transcriptions_total',
      help: 'Sounds sent to the transcription server: ready, rejected (no text of this one), or failed',
      labelNames: ['outcome'] as const,
      registers,
    }),
    transcriptionSeconds: new Histogram({
      name: 'mms_inbox_transcription_seconds',
      help: 'From the request to the answer of the transcription server, or to giving up',
      buckets: TRANSCRIPTION_BUCKETS,
      registers,
    }),
    credentialsRefused: new Counter({
      name: 'mms_inbox_credentials_refused_total',
      help: 'Fetches and deletes that Twilio answered with 401 or 403: a configuration error',
      registers,
    }),
    eventDeliveries: new Counter({
      name: 'mms_inbox_event_deliveries_total',
      help: 'Tries to deliver an event: delivered, retried, failed, or paused with its endpoint',
      labelNames: ['result'] as const,
      registers,
    }),
    listReads: new Counter({
      name: 'mms_inbox_list_reads_total',
      help: 'Lists and counts, with DATABASE_READ_URL: read on the standby, or on the primary because it was behind, failed, cancelled the statement (conflict), or had no free connection (busy)',
      labelNames: ['outcome'] as const,
      registers,
    }),
    /**
     * A gauge that is read at each scrape. It has no value while it cannot be read within two seconds: alerts compare
     * what is known, and other metrics do not wait. Later scrapes wait for a read that hangs, rather than begin another,
     * which would take one more connection each.
     */
    gauge(name: string, help: string, read: () => number | Promise<number>): void {
      const readOnce = whilePending(read);
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set(await readSoon(readOnce, Number.NaN));
        },
      });
    },
    /** The same with a value for each of several sets of labels. */
    gaugeBy<L extends string>(
      labelNames: readonly L[],
      name: string,
      help: string,
      read: () => Promise<readonly (readonly [labels: Record<L, string>, amount: number])[]>,
    ): void {
      const readOnce = whilePending(read);
      new Gauge({
        name,
        help,
        labelNames: [...labelNames],
        registers,
        async collect() {
          const values = await readSoon(readOnce, []);
          this.reset();
          for (const [labels, amount] of values) this.set(labels, amount);
        },
      });
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

// Shorter than Prometheus waits, and longer than a busy database takes.
const READ_MS = 2000;

/** What is read, or else the value for what is not known: the database, or its standby, does not answer. */
async function readSoon<T>(read: () => Promise<T>, unknown: T): Promise<T> {
  try {
    return await pTimeout(read(), { milliseconds: READ_MS });
  } catch {
    return unknown;
  }
}

/** Shares the result between callers only while it is pending. */
function whilePending<T>(read: () => T | Promise<T>): () => Promise<T> {
  return shareFor(0, async () => read());
}
