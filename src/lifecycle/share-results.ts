const SHARED_MS = 1000;

/**
 * Shares the result of `read` between callers: while it is pending, and for a second after that. A failure is
 * shared only by the callers that wait for it.
 *
 * @returns reads; the result is at most a second older than the call
 */
export function shareForASecond<T>(read: () => Promise<T>): () => Promise<T> {
  let shared: Promise<T> | undefined;
  return () => {
    if (shared !== undefined) return shared;
    const clear = () => {
      shared = undefined;
    };
    shared = read();
    shared.then(() => setTimeout(clear, SHARED_MS).unref(), clear);
    return shared;
  };
}
