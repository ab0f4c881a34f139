/** When a fault ends; never without either. */
interface FaultEnd {
  /** After so many requests. */
  times?: number;
  /** So many seconds after the attachment was created. */
  seconds?: number;
}

/** A fault of the REST API when the bytes of an attachment are requested. */
export type ApiFault =
  /** 404 with code 20404, as Twilio does for a moment after the webhook. */
  | ({ kind: 'not-found' } & FaultEnd)
  /** Any status in Twilio's error shape; 429 has code 20429. */
  | ({ kind: 'status'; status: number; retryAfterSeconds?: number } & FaultEnd)
  /** A redirect to `location` instead of the media server. */
  | ({ kind: 'redirect'; location: string } & FaultEnd);

/** A fault of the media server, behind the redirect. */
export type MediaFault =
  /** Announces the full length, closes the connection after `afterBytes` bytes of the body. */
  | ({ kind: 'cut'; afterBytes: number } & FaultEnd)
  | ({ kind: 'slow'; bytesPerSecond: number } & FaultEnd)
  /** Stops sending: before the response headers, or after `afterBytes` bytes of the body if set. */
  | ({ kind: 'hang'; afterBytes?: number } & FaultEnd)
  /** Answers with another Content-Type than the attachment's. */
  | ({ kind: 'wrong-type'; contentType: string } & FaultEnd)
  /** Compresses the body although it was not requested, and sets `Content-Encoding`. */
  | ({ kind: 'compressed'; encoding: 'gzip' | 'br' } & FaultEnd)
  | ({ kind: 'media-status'; status: number } & FaultEnd);

/** A fault of a delete request. */
export type DeleteFault =
  /** A refusal, such as 20009 (too early) or a 5xx. */
  | ({
      kind: 'delete-status';
      status: number;
      code: number;
      retryAfterSeconds?: number;
    } & FaultEnd)
  /** The resource is deleted, and the connection breaks before the response. */
  | ({ kind: 'delete-hang-up' } & FaultEnd);

/** A fault of one attachment. */
export type AttachmentFault = ApiFault | MediaFault | DeleteFault;

/** The faults of one attachment, used up as requests arrive. Each call counts as one request. */
export interface FaultScript {
  nextAtApi(): ApiFault | null;
  nextAtMedia(): MediaFault | null;
  nextOnDelete(): DeleteFault | null;
}

/**
 * Plays `faults` in the order given. A download fault waits until the faults before it are used up,
 * whichever server they belong to. A fault without an end is never used up, so it holds back only
 * later faults of its own server. Delete faults are a separate sequence.
 *
 * @param now a monotonic clock, in milliseconds
 */
export function createFaultScript(
  faults: readonly AttachmentFault[],
  now: () => number = () => performance.now(),
): FaultScript {
  const start = now();
  const pending = faults.map((fault) => ({
    fault,
    left: fault.times ?? Number.POSITIVE_INFINITY,
    end: start + (fault.seconds ?? Number.POSITIVE_INFINITY) * 1000,
  }));

  function next<F extends AttachmentFault>(
    belongs: (fault: AttachmentFault) => fault is F,
    holdsBack: (fault: AttachmentFault) => boolean,
  ): F | null {
    for (const step of pending) {
      if (step.left <= 0 || now() >= step.end) continue;
      if (belongs(step.fault)) {
        step.left -= 1;
        return step.fault;
      }
      const hasEnd = Number.isFinite(step.left) || Number.isFinite(step.end);
      if (holdsBack(step.fault) && hasEnd) return null;
    }
    return null;
  }

  return {
    nextAtApi: () => next(isApiFault, (fault) => !isDeleteFault(fault)),
    nextAtMedia: () => next(isMediaFault, (fault) => !isDeleteFault(fault)),
    nextOnDelete: () => next(isDeleteFault, () => false),
  };
}

function isApiFault(fault: AttachmentFault): fault is ApiFault {
  return fault.kind === 'not-found' || fault.kind === 'status' || fault.kind === 'redirect';
}

function isDeleteFault(fault: AttachmentFault): fault is DeleteFault {
  return fault.kind === 'delete-status' || fault.kind === 'delete-hang-up';
}

function isMediaFault(fault: AttachmentFault): fault is MediaFault {
  return !isApiFault(fault) && !isDeleteFault(fault);
}

/** A fault of requests for lists of messages and media; `times` is how many requests it affects. */
export type ListFault =
  /** Any status in Twilio's error shape; 429 has code 20429. */
  | { kind: 'status'; status: number; retryAfterSeconds?: number; times: number }
  /** The connection is closed without an answer. */
  | { kind: 'hang-up'; times: number };

export interface ListFaults {
  /** Appends faults to those that are waiting. */
  add(...faults: ListFault[]): void;
  /** Lets so many requests pass before the first fault. */
  letPass(requests: number): void;
  /** Ends all faults. */
  clear(): void;
  /** The fault of the next request; null when it should succeed. Each call counts as one request. */
  next(): ListFault | null;
}

/** Starts without faults. */
export function createListFaults(): ListFaults {
  const waiting: ListFault[] = [];
  let passing = 0;

  return {
    add(...faults) {
      for (const fault of faults) waiting.push(...Array<ListFault>(fault.times).fill(fault));
    },
    letPass(requests) {
      passing = requests;
    },
    clear() {
      waiting.length = 0;
      passing = 0;
    },
    next() {
      if (passing > 0) {
        passing -= 1;
        return null;
      }
      return waiting.shift() ?? null;
    },
  };
}
