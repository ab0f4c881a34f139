import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

// In seconds, from an ordinary MMS to the last retry.
const DELAY_BUCKETS = [0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600];

// In seconds, from a graphics card to a small processor.
const TRANSCRIPTION_BUCKETS = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600];

// In seconds, from a model on the local network to the last retry.
const SCAN_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60];

/** The Prometheus metrics. One registry per process; labels contain no personal data. */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    registry,
    webhooks: new Counter({
      name: 'mms_inbox_webhooks_total',
      help: 'Webhooks that were answered: new, known, spooled, or refused as not signed by Twilio',
      labelNames: ['outcome'] as const,
      registers,
    }),
    fetches: new Counter({
      name: 'mms_inbox_media_fetches_total',
      help: 'Tries to fetch an attachment from Twilio: ok, or the kind of failure',
      labelNames: ['result'] as const,
      registers,
    }),
    fetchDelay: new Histogram({
      name: 'mms_inbox_media_fetch_delay_seconds',
      help: 'From the receipt of a message to the download of the bytes of an attachment',
      buckets: DELAY_BUCKETS,
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
    /** A gauge read at each scrape. @param read must not reject, or the whole scrape would fail */
    gauge(name: string, help: string, read: () => number | Promise<number>): void {
      new Gauge({
        name,
        help,
        registers,
        async collect() {
          this.set(await read());
        },
      });
    },
    /** The same with a value for each value of a label. */
    gaugeBy<L extends string>(
      label: L,
      name: string,
      help: string,
      read: () => Promise<(readonly [value: string, amount: number])[]>,
    ): void {
      new Gauge({
        name,
        help,
        labelNames: [label],
        registers,
        async collect() {
          for (const [value, amount] of await read()) this.labels(value).set(amount);
        },
      });
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;
