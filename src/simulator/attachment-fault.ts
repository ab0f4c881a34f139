/** A fault the REST API answers with when the bytes of an attachment are asked for. */
export type ApiFault =
  /** 404 with code 20404, as Twilio does for a moment after the webhook. */
  | { kind: 'not-found'; times?: number }
  /** Any status in Twilio's error shape; 429 has code 20429. */
  | { kind: 'status'; status: number; retryAfterSeconds?: number; times?: number }
  /** A redirect to `location` instead of the media server. */
  | { kind: 'redirect'; location: string; times?: number };

/** A fault of the media server, behind the redirect. */
export type MediaFault =
  /** Announces the whole length, closes the connection after `afterBytes` bytes of the body. */
  | { kind: 'cut'; afterBytes: number; times?: number }
  | { kind: 'slow'; bytesPerSecond: number; times?: number }
  /** Falls silent: before the head, or after `afterBytes` bytes of the body where that is given. */
  | { kind: 'hang'; afterBytes?: number; times?: number }
  /** Answers with another Content-Type than the attachment's. */
  | { kind: 'wrong-type'; contentType: string; times?: number }
  | { kind: 'media-status'; status: number; times?: number };

/** What goes wrong with a request to delete. */
export type DeleteFault =
  /** A refusal, such as 20009 (too early) or a 5xx. */
  | {
      kind: 'delete-status';
      status: number;
      code: number;
      retryAfterSeconds?: number;
      times?: number;
    }
  /** It is deleted, and the connection breaks before the answer. */
  | { kind: 'delete-hang-up'; times?: number };

/** What goes wrong with one attachment; `times` is how many requests it hits, default every one. */
export type AttachmentFault = ApiFault | MediaFault | DeleteFault;

/** The faults of one attachment, used up as requests arrive. Each call counts as one request. */
export interface FaultScript {
  nextAtApi(): ApiFault | null;
  nextAtMedia(): MediaFault | null;
  nextOnDelete(): DeleteFault | null;
}

/**
 * Plays `faults` in the order given. A fault for a download waits until those before it are used
 * up, whichever server they belong to; one without `times` never is, so it only holds back later
 * faults of its own server. Faults of deletion are a list of their own.
 */
export function createFaultScript(faults: readonly AttachmentFault[]): FaultScript {
  const pending = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }));

  function next<F extends AttachmentFault>(
    belongs: (fault: AttachmentFault) => fault is F,
    holdsBack: (fault: AttachmentFault) => boolean,
  ): F | null {
    for (const step of pending) {
      if (step.left <= 0) continue;
      if (belongs(step.fault)) {
        step.left -= 1;
        return step.fault;
      }
      if (holdsBack(step.fault) && Number.isFinite(step.left)) return null;
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
