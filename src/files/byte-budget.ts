/** Bytes that have a place until they are released. */
export interface ByteShare {
  /** The file has been written whole. @param bytes its size: what was taken beyond it is free again */
  written(bytes: number): void;
  /** Frees the place. Does nothing the second time. */
  release(): void;
}

/** Limits the bytes in flight: those that jobs of a process have in files of the scratch folder at once. */
export interface ByteBudget {
  /**
   * Resolves when there is a place for a file, among files of its class in the order of these calls.
   *
   * @param bytes its declared size; null when it is unknown, and counts as the largest
   * @throws the reason of `signal`
   */
  take(bytes: number | null, signal: AbortSignal): Promise<ByteShare>;
  isLarge(bytes: number | null): boolean;
  /** How many large files wait. */
  waitingLarge(): number;
  /** Declared bytes that have a place and are not written yet: the disk does not show them. */
  unwritten(): number;
}

const MIB = 1024 ** 2;
/** Files above this are large: above the largest MMS, and most of what WhatsApp sends. */
export const LARGE_BYTES = 16 * MIB;
// Of each class: as many photos of 5 MB as are fetched at once, and some that are copied for their previews.
const CLASS_BYTES = 96 * MIB;

/**
 * Small and large files have places of their own, so that neither waits for the other: a large one gets its turn
 * however many small ones there are, and they pass it by while it takes minutes.
 *
 * @param largestBytes the most that one file may have; it always finds a place
 */
export function createByteBudget(largestBytes: number): ByteBudget {
  const small = createQueue(CLASS_BYTES);
  const large = createQueue(Math.max(CLASS_BYTES, largestBytes));
  let unwritten = 0;

  const isLarge = (bytes: number | null) => (bytes ?? largestBytes) > LARGE_BYTES;

  return {
    async take(bytes, signal) {
      const queue = isLarge(bytes) ? large : small;
      let left = Math.min(bytes ?? largestBytes, queue.capacity);
      await queue.take(left, signal);
      let expected = bytes ?? 0;
      unwritten += expected;

      function keep(kept: number): void {
        unwritten -= expected;
        expected = 0;
        queue.free(left - kept);
        left = kept;
      }

      return {
        written: (size) => keep(Math.min(left, size)),
        release: () => keep(0),
      };
    },
    isLarge,
    waitingLarge: () => large.waiting(),
    unwritten: () => unwritten,
  };
}

/** A semaphore whose permits are bytes, first come, first served. */
function createQueue(capacity: number) {
  const waiting = new Set<{ bytes: number; admit: () => void }>();
  let free = capacity;

  function admitNext(): void {
    for (const next of waiting) {
      if (next.bytes > free) return;
      free -= next.bytes;
      waiting.delete(next);
      next.admit();
    }
  }

  return {
    capacity,
    waiting: () => waiting.size,
    free(bytes: number): void {
      free += bytes;
      admitNext();
    },
    async take(bytes: number, signal: AbortSignal): Promise<void> {
      signal.throwIfAborted();
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const entry = { bytes, admit: resolve };
      const stop = () => {
        // One that was admitted in the same moment has its bytes, and the caller gets them.
        if (!waiting.delete(entry)) return;
        reject(signal.reason);
        admitNext();
      };
      signal.addEventListener('abort', stop, { once: true });
      waiting.add(entry);
      admitNext();
      try {
        await promise;
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
  };
}
