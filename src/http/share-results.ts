const SHARED_MS = 1000;

/**
 * Shares what is read between all who ask: while it is being read, and for a second after that. A failure is
 * shared by those who wait for it alone.
 *
 * @returns asks; the answer is at most a second older than the question
 */
export function shareForASecond<T>(read: () => Promise<T>): () => Promise<T> {
  let shared: Promise<T> | undefined;
  return () => {
    if (shared !== undefined) return shared;
    const forget = () => {
      shared = undefined;
    };
    shared = read();
    shared.then(() => setTimeout(forget, SHARED_MS).unref(), forget);
    return shared;
  };
}
