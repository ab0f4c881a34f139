import { BlobStoreError } from '../blob-store-error.ts';

// More are left to the orphan sweep of the next process.
const MOST = 10_000;

/**
 * Remembers which removals have failed because the store did not work, to do them when it works again: nobody else
 * knows of a file that no row references.
 *
 * @param remove resolves with why versions stay, or null: that is no reason to try it again soon
 */
export function createRetriedRemovals(remove: (key: string) => Promise<BlobStoreError | null>) {
  const failed = new Set<string>();
  let isRunning = false;

  async function tryOne(key: string): Promise<BlobStoreError | null> {
    try {
      const kept = await remove(key);
      failed.delete(key);
      return kept;
    } catch (error) {
      if (error instanceof BlobStoreError && failed.size < MOST) failed.add(key);
      throw error;
    }
  }

  return {
    /** @throws BlobStoreError also when versions stay */
    async remove(key: string): Promise<void> {
      const kept = await tryOne(key);
      if (kept !== null) throw kept;
    },
    /** To be called when the store works: begins to remove what could not be. */
    retry(): void {
      if (isRunning || failed.size === 0) return;
      isRunning = true;
      void (async () => {
        try {
          for (const key of failed) await tryOne(key);
        } catch {
          // The store does not work again; the next success calls this.
        } finally {
          isRunning = false;
        }
      })();
    },
  };
}
