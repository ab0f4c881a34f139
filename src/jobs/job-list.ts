import { z } from 'zod';

const mediaJob = z.object({ mediaSid: z.string() });
const byHand = z.boolean().optional();
const handKey = (key: string, isByHand = false) => (isByHand ? `${key} by hand` : key);
const ofMedia = ({ mediaSid }: { mediaSid: string }) => mediaSid;

/**
 * Every job there is. `concurrency` is how many of a kind one process works on at once, unless it says
 * otherwise,
 * `expireInSeconds` after how long a run counts as dead though its process lives. Of jobs with the
 * same key only one waits.
 */
export const JOBS = {
  /** Brings the bytes of one media here. Waits on networks, so many may run at once. */
  'fetch-media': { payload: mediaJob, key: ofMedia, concurrency: 8, expireInSeconds: 900 },
  /** Makes the previews of one media's bytes. */
  'preview-media': { payload: mediaJob, key: ofMedia, concurrency: 2, expireInSeconds: 600 },
  /** Makes the preview of bytes again; what has just arrived goes first. */
  'rebuild-preview': {
    payload: z.object({ sha256: z.string() }),
    key: ({ sha256 }: { sha256: string }) => sha256,
    concurrency: 2,
    expireInSeconds: 600,
  },
  /**
   * Asks the classifier about files that it has given no verdict of, one after the other. One that is asked
   * for by hand does not wait for its time.
   */
  'scan-again': {
    payload: z.object({ byHand }),
    key: ({ byHand }: { byHand?: boolean | undefined }) => handKey('all', byHand),
    concurrency: 1,
    expireInSeconds: 900,
  },
  /** Deletes a media that a rule decided to delete: which rule, and why. */
  'delete-judged': {
    payload: mediaJob.extend({
      actor: z.string(),
      reasonCode: z.string().nullable(),
      reason: z.string().nullable(),
    }),
    key: ofMedia,
    concurrency: 2,
    expireInSeconds: 300,
  },
  /**
   * Matches what is here already against the blocklist, some hundred files a job: `id` is the request,
   * `after` the hash that was reached.
   */
  'apply-blocklist': {
    payload: z.object({ id: z.string(), after: z.string() }),
    key: ({ id }: { id: string }) => id,
    concurrency: 1,
    expireInSeconds: 900,
  },
  /** Deletes Twilio's own copy of one media. One that is asked for by hand does not wait behind others. */
  'delete-upstream': {
    payload: mediaJob.extend({ byHand }),
    key: ({ mediaSid, byHand }: { mediaSid: string; byHand?: boolean | undefined }) =>
      handKey(mediaSid, byHand),
    concurrency: 2,
    expireInSeconds: 120,
  },
  /** Deletes a message at Twilio. */
  'delete-upstream-message': {
    payload: z.object({ messageSid: z.string(), byHand }),
    key: ({ messageSid, byHand }: { messageSid: string; byHand?: boolean | undefined }) =>
      handKey(messageSid, byHand),
    concurrency: 2,
    expireInSeconds: 120,
  },
  /** Goes on with a deletion whose process ended in the middle, or that could not remove a file. */
  'delete-local': {
    payload: z.object({ deletionId: z.string().regex(/^\d+$/), byHand }),
    key: ({ deletionId, byHand }: { deletionId: string; byHand?: boolean | undefined }) =>
      handKey(deletionId, byHand),
    concurrency: 1,
    expireInSeconds: 6 * 3600,
  },
  /**
   * Takes in what Twilio received and we did not: a request by its id, or a sweep. An import of all
   * history takes hours; one that expires goes on where it was.
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
  /** Leaves nothing in the database's files of what was erased, once for all erasures that wait for it. */
  'purge-database': {
    payload: z.strictObject({}),
    key: () => 'all',
    concurrency: 1,
    expireInSeconds: 6 * 3600,
  },
  /** Does one act on many media, in batches; one that expires goes on where it was. */
  'bulk-act': {
    payload: z.strictObject({ id: z.string() }),
    key: ({ id }: { id: string }) => id,
    concurrency: 1,
    expireInSeconds: 6 * 3600,
  },
  /**
   * Sends the events that are due to one endpoint. `at` is `now`, or when the next one is due: it only
   * keeps a job for now apart from those for later.
   */
  'deliver-events': {
    payload: z.object({ endpointId: z.string(), at: z.string() }),
    key: ({ endpointId, at }: { endpointId: string; at: string }) => `${endpointId} ${at}`,
    concurrency: 4,
    expireInSeconds: 300,
  },
  /** Removes the files that a rebuild replaced and its process had no time to remove. */
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

/** Runs one job. Throwing hands it back to the queue; `signal` aborts when the process stops. */
export type JobHandler<N extends JobName> = (
  payload: JobPayload<N>,
  signal: AbortSignal,
) => Promise<void>;

export type JobHandlers = { [N in JobName]: JobHandler<N> };
