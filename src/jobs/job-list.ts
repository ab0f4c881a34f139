import { z } from 'zod';

const mediaJob = z.object({ mediaSid: z.string() });
const byHand = z.boolean().optional();
const keyByOrigin = (key: string, isByHand = false) => (isByHand ? `${key} by hand` : key);
const mediaKey = ({ mediaSid }: { mediaSid: string }) => mediaSid;

/**
 * All jobs. `concurrency` is the default number of jobs of a kind that one process runs at once;
 * `expireInSeconds` is when a run counts as dead although its process is alive. Of several jobs with
 * the same key only one waits.
 */
export const JOBS = {
  /**
   * Downloads one attachment and, unless that may take long, makes its previews. It waits for the network, so
   * many may run at once.
   */
  'fetch-media': { payload: mediaJob, key: mediaKey, concurrency: 16, expireInSeconds: 900 },
  /** Makes the previews of one attachment whose bytes are here. */
  'preview-media': { payload: mediaJob, key: mediaKey, concurrency: 2, expireInSeconds: 600 },
  /** Rebuilds the preview of a blob; newly arrived attachments take precedence. */
  'rebuild-preview': {
    payload: z.object({ sha256: z.string() }),
    key: ({ sha256 }: { sha256: string }) => sha256,
    concurrency: 2,
    expireInSeconds: 600,
  },
  /** Makes one rendition of a blob. */
  'make-rendition': {
    payload: z.object({ sha256: z.string(), name: z.string(), page: z.int() }),
    key: ({ sha256, name, page }: { sha256: string; name: string; page: number }) =>
      `${sha256} ${name} ${page}`,
    concurrency: 1,
    expireInSeconds: 900,
  },
  /** Transcribes a sound. A manually requested job does not wait for the next scheduled one. */
  transcribe: {
    payload: z.object({ sha256: z.string(), byHand }),
    key: ({ sha256, byHand }: { sha256: string; byHand?: boolean | undefined }) =>
      keyByOrigin(sha256, byHand),
    concurrency: 1,
    expireInSeconds: 2 * 3600,
  },
  /**
   * Scans the files without a verdict with the classifier, one after the other. A manually requested
   * scan does not wait for its scheduled time.
   */
  'scan-again': {
    payload: z.object({ byHand }),
    key: ({ byHand }: { byHand?: boolean | undefined }) => keyByOrigin('all', byHand),
    concurrency: 1,
    expireInSeconds: 900,
  },
  /** Deletes an attachment by the decision of a rule; `actor` and reason record which rule, and why. */
  'delete-judged': {
    payload: mediaJob.extend({
      actor: z.string(),
      reasonCode: z.string().nullable(),
      reason: z.string().nullable(),
    }),
    key: mediaKey,
    concurrency: 2,
    expireInSeconds: 300,
  },
  /**
   * Matches stored files against the blocklist, some hundred files per job: `id` is the request,
   * `after` the last hash that was processed.
   */
  'apply-blocklist': {
    payload: z.object({ id: z.string(), after: z.string() }),
    key: ({ id }: { id: string }) => id,
    concurrency: 1,
    expireInSeconds: 900,
  },
  /** Deletes Twilio's copy of one attachment. A manually requested job does not wait behind others. */
  'delete-upstream': {
    payload: mediaJob.extend({ byHand }),
    key: ({ mediaSid, byHand }: { mediaSid: string; byHand?: boolean | undefined }) =>
      keyByOrigin(mediaSid, byHand),
    concurrency: 2,
    expireInSeconds: 120,
  },
  /** Deletes a message at Twilio. */
  'delete-upstream-message': {
    payload: z.object({ messageSid: z.string(), byHand }),
    key: ({ messageSid, byHand }: { messageSid: string; byHand?: boolean | undefined }) =>
      keyByOrigin(messageSid, byHand),
    concurrency: 2,
    expireInSeconds: 120,
  },
  /** Continues a deletion whose process was interrupted, or that could not remove a file. */
  'delete-local': {
    payload: z.object({ deletionId: z.string().regex(/^\d+$/), byHand }),
    key: ({ deletionId, byHand }: { deletionId: string; byHand?: boolean | undefined }) =>
      keyByOrigin(deletionId, byHand),
    concurrency: 1,
    expireInSeconds: 6 * 3600,
  },
  /**
   * Takes in messages that Twilio received and we did not: a request by its id, or a sweep. An import
   * of all history takes hours; one that expires resumes where it stopped.
   */
  reconcile: {
    payload: z.union([
      z.strictObject({ id: z.string() }),
      z.strictObject({ sweep: z.enum(['start', 'interval']), dueAt: z.iso.datetime() }),
    ]),
    key: (payload: { id: string } | { sweep: string }) =>
      'id' in payload ? payload.id : payload.sweep,
    concurrency: 1,
    expireInSeconds: 6 * 3600,
  },
  /** Erases everything of a sender. */
  'erase-sender': {
    payload: z.strictObject({ id: z.string() }),
    key: ({ id }: { id: string }) => id,
    concurrency: 1,
    expireInSeconds: 6 * 3600,
  },
  /** Purges erased data from the database's files, once for all erasures that wait for it. */
  'purge-database': {
    payload: z.strictObject({}),
    key: () => 'all',
    concurrency: 1,
    expireInSeconds: 6 * 3600,
  },
  /** Applies one bulk action to many media, in batches; one that expires resumes where it stopped. */
  'bulk-act': {
    payload: z.strictObject({ id: z.string() }),
    key: ({ id }: { id: string }) => id,
    concurrency: 1,
    expireInSeconds: 6 * 3600,
  },
  /** The same for a bulk delete, which takes long: decisions do not wait for it. */
  'bulk-delete': {
    payload: z.strictObject({ id: z.string() }),
    key: ({ id }: { id: string }) => id,
    concurrency: 1,
    expireInSeconds: 6 * 3600,
  },
  /** Puts back what a bulk decision has changed, in batches; one that expires resumes where it stopped. */
  'bulk-undo': {
    payload: z.strictObject({ id: z.string() }),
    key: ({ id }: { id: string }) => id,
    concurrency: 1,
    expireInSeconds: 6 * 3600,
  },
  /** Carries out an act that could be taken back until now. */
  'run-act': {
    payload: z.strictObject({ id: z.string() }),
    key: ({ id }: { id: string }) => id,
    concurrency: 2,
    expireInSeconds: 300,
  },
  /** Checks the files of an export; one that expires resumes where it stopped. */
  'make-export': {
    payload: z.strictObject({ id: z.string() }),
    key: ({ id }: { id: string }) => id,
    concurrency: 1,
    expireInSeconds: 6 * 3600,
  },
  /** Reads every stored file and compares it with its row; one that expires continues where it stopped. */
  'verify-files': {
    payload: z.strictObject({ id: z.string() }),
    key: ({ id }: { id: string }) => id,
    concurrency: 1,
    expireInSeconds: 6 * 3600,
  },
  /**
   * Sends the due events to one endpoint. `at` is `now`, or when the next event is due: it only
   * distinguishes the keys of immediate and later jobs.
   */
  'deliver-events': {
    payload: z.object({ endpointId: z.string(), at: z.string() }),
    key: ({ endpointId, at }: { endpointId: string; at: string }) => `${endpointId} ${at}`,
    concurrency: 4,
    expireInSeconds: 300,
  },
  /** Sends events of a range of positions to one endpoint again; one that is repeated leaves out what it has sent. */
  'resend-events': {
    payload: z.strictObject({
      endpointId: z.string(),
      after: z.string().regex(/^\d+$/),
      last: z.string().regex(/^\d+$/),
      types: z.array(z.string()).nullable(),
      state: z.enum(['delivered', 'failed']).nullable(),
      requestedAt: z.iso.datetime(),
    }),
    key: ({ endpointId, requestedAt }: { endpointId: string; requestedAt: string }) =>
      `${endpointId} ${requestedAt}`,
    concurrency: 1,
    expireInSeconds: 900,
  },
  /** Removes files that a rebuild replaced but did not remove before its process ended. */
  'remove-files': {
    payload: z.object({ keys: z.array(z.string()).min(1) }),
    key: ({ keys }: { keys: string[] }) => keys.join(' ').slice(0, 200),
    concurrency: 1,
    expireInSeconds: 300,
  },
} as const satisfies Record<
  string,
  {
    payload: z.ZodType;
    key: (payload: never) => string;
    concurrency: number;
    expireInSeconds: number;
  }
>;

export type JobName = keyof typeof JOBS;
export type JobPayload<N extends JobName> = z.infer<(typeof JOBS)[N]['payload']>;

/** The highest priority of jobs that are patient. */
export const PATIENT = -1;
/** Of jobs that come after all of what has just arrived, also when a sender sends hundreds. */
export const AFTER_NEW = -1000;

/** Jobs of negative priority leave places, a decoder and commits to the others, where there is more than one. */
export function isPatient({ priority }: { priority: number }): boolean {
  return priority < 0;
}

/** The claim of this process on a job that it runs: it is lost when the lease of the job expires. */
export interface JobClaim {
  /** pg-boss' id of the job, and which of its attempts this is. */
  readonly id: string;
  readonly retryCount: number;
  readonly priority: number;
  /** Set by a handler, after the commit, when it has completed the job in a transaction of its own. */
  isCompleted: boolean;
}

/**
 * Runs one job. When it throws, the queue retries the job; `signal` aborts when the process stops, when the
 * job takes too long, or when its claim is lost.
 */
export type JobHandler<N extends JobName> = (
  payload: JobPayload<N>,
  signal: AbortSignal,
) => Promise<void>;

/** Runs one job, and completes it in a transaction of its own. */
export type CompletingJobHandler<N extends JobName> = (
  payload: JobPayload<N>,
  signal: AbortSignal,
  claim: JobClaim,
) => Promise<void>;

export type JobHandlers = { [N in JobName]: CompletingJobHandler<N> };
