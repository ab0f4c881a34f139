import type { Logger } from 'pino';
import type { Database } from '../database/database.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { JobQueue } from '../jobs/job-queue.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import { createFailureLog } from '../monitoring/outage-log.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';
import type { PreviewPool } from '../preview/preview-pool.ts';
import { createRequestTranscripts, type RequestTranscripts } from './request-transcripts.ts';
import { createTranscribe } from './transcribe-job.ts';
import { createTranscriptSweep } from './transcript-sweep.ts';
import {
  type AskTranscription,
  createAskTranscription,
  type TranscribeOptions,
  TranscriptionError,
} from './transcription-server.ts';

/** The configured transcription server; without one nothing is transcribed. */
interface Transcribing {
  /** Called in the transaction that stores attachments. */
  request: RequestTranscripts | undefined;
  /** Handler of the job `transcribe`. */
  transcribe: JobHandler<'transcribe'>;
  /** Requests what was stored before, and queues lost jobs again. */
  resend: () => Promise<void>;
  check: ReadinessCheck | undefined;
}

const NO_TRANSCRIBING: Transcribing = {
  request: undefined,
  transcribe: async () => undefined,
  resend: async () => undefined,
  check: undefined,
};

export function createTranscribing(deps: {
  /** Undefined when no transcription server is configured. */
  options: TranscribeOptions | undefined;
  database: Database;
  queue: JobQueue;
  blobs: BlobStore;
  pool: Pick<PreviewPool, 'convert' | 'capabilities'>;
  metrics: Pick<Metrics, 'transcriptions' | 'transcriptionSeconds' | 'gauge'>;
  log: Logger;
}): Transcribing {
  const { options: config, database, queue, blobs, pool, metrics, log } = deps;
  if (config === undefined) return NO_TRANSCRIBING;
  const { ask, check } = watch(createAskTranscription(config), config, metrics, log);
  metrics.gauge('mms_inbox_transcripts_waiting', 'Sounds that are still to be transcribed', () =>
    database.prisma.transcript
      .count({ where: { nextAttemptAt: { not: null } } })
      .catch(() => Number.NaN),
  );
  return {
    request: createRequestTranscripts(queue),
    transcribe: createTranscribe({ database, queue, blobs, pool, config, ask, log }),
    resend: createTranscriptSweep({ database, queue }),
    check,
  };
}

/**
 * Counts and times the requests of this process, and tells when the server begins to fail and when it answers again.
 *
 * @returns `check`: degraded from an outage or refusal to the next answer
 */
function watch(
  ask: AskTranscription,
  { url }: TranscribeOptions,
  metrics: Pick<Metrics, 'transcriptions' | 'transcriptionSeconds'>,
  log: Logger,
): { ask: AskTranscription; check: ReadinessCheck } {
  // Path and query may hold credentials, so they are not logged.
  const { origin } = new URL(url);
  const failures = createFailureLog(log.child({ origin }), {
    begins: 'the transcription server fails: it is asked again until it answers',
    ends: 'the transcription server answers again',
    failuresInARow: 1,
  });
  let problem: string | undefined;

  function settle(outcome: 'ready' | 'rejected' | 'failed', failure?: string): void {
    metrics.transcriptions.inc({ outcome });
    problem = failure;
    if (failure === undefined) failures.answered();
    else failures.failed(failure);
  }

  return {
    async ask(speech, signal) {
      const stopTimer = metrics.transcriptionSeconds.startTimer();
      try {
        const answer = await ask(speech, signal);
        settle('ready');
        return answer;
      } catch (error) {
        if (error instanceof TranscriptionError) {
          // Even a rejected file shows that it answers.
          if (error.kind === 'file') settle('rejected');
          else settle('failed', error.message);
        }
        throw error;
      } finally {
        stopTimer();
      }
    },
    async check() {
      return problem === undefined ? undefined : `TRANSCRIBE_URL fails: ${problem}`;
    },
  };
}
