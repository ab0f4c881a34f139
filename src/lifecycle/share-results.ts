const SHARED_MS = 1000;

/**
 * Shares the result of `read` between callers: while it is pending, and for a second after that. A failure is
 * shared only by the callers that wait for it.
 *
 * @returns reads; the result is at most a second older than the call
 */
export function shareForASecond<T>(read: () => Promise<T>): () => Promise<T> {
  return shareFor(SHARED_MS, read);
}

/** The same for another time than a second. */
export function shareFor<T>(milliseconds: number, read: () => Promise<T>): () => Promise<T> {
  let shared: Promise<T> | undefined;
  return () => {
    if (shared !== undefined) return shared;
    const clear = () => {
      shared = undefined;
    };
    shared = read();
    shared.then(() => setTimeout(clear, milliseconds).unref(), clear);
    return shared;
  };
}

/**
 * Shares the result of `read` between callers: while it is pending, and after that for a multiple of the time that it
 * took, so that the share of time that is spent on it is limited, however many ask. A failure is shared only by the
 * callers that wait for it.
 *
 * @param factor the multiple
 */
export function shareInProportion<T>(read: () => Promise<T>, factor: number): () => Promise<T> {
  let shared: Promise<T> | undefined;
  let until = Number.POSITIVE_INFINITY;
  return () => {
    if (shared !== undefined && performance.now() < until) return shared;
    const startedAt = performance.now();
    until = Number.POSITIVE_INFINITY;
    const reading = read();
    shared = reading;
    reading.then(
      () => {
        const endedAt = performance.now();
        until = endedAt + (endedAt - startedAt) * factor;
      },
      () => {
        shared = undefined;
      },
    );
    return shared;
  };
}
