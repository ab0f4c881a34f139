import type { Chunk } from './sections.ts';

const AT_ONCE = 4;
/** What is seen gets its pictures first. */
const NEAR_AFTER_MS = 300;

/** Loads what is seen, and what is near it. */
export interface ChunkLoader {
  /**
   * What is to be loaded: what is seen at once, what is near a moment after that is there. What is being loaded and is not
   * among it is given up.
   */
  want(seen: readonly Chunk[], near: readonly Chunk[]): void;
  /** Loads a chunk, wherever it is. */
  load(chunk: Chunk): Promise<void>;
  /** Why a chunk could not be loaded. */
  problemOf(chunk: Chunk): Error | undefined;
  /** Tries those again that could not be loaded. */
  retry(): void;
  stop(): void;
}

/**
 * @param load one chunk; its items are there afterwards
 * @param onChange one was loaded, or could not be
 */
export function createChunkLoader(
  load: (chunk: Chunk, signal: AbortSignal) => Promise<void>,
  onChange: () => void,
): ChunkLoader {
  const running = new Map<Chunk, AbortController>();
  const problems = new Map<Chunk, Error>();
  let wanted: readonly Chunk[] = [];
  let isNearDue = false;
  let nearTimer: number | undefined;

  function startMore(): void {
    for (const chunk of wanted) {
      if (running.size >= AT_ONCE) return;
      if (chunk.items !== undefined || running.has(chunk) || problems.has(chunk)) continue;
      void run(chunk);
    }
  }

  async function run(chunk: Chunk): Promise<void> {
    const ending = new AbortController();
    running.set(chunk, ending);
    try {
      await load(chunk, ending.signal);
    } catch (error) {
      if (!ending.signal.aborted) problems.set(chunk, error as Error);
    } finally {
      // Another try may run by now.
      if (running.get(chunk) === ending) running.delete(chunk);
    }
    if (ending.signal.aborted) return;
    onChange();
    startMore();
  }

  return {
    want(seen, near) {
      if (seen.some(({ items }) => items === undefined)) {
        window.clearTimeout(nearTimer);
        nearTimer = undefined;
        isNearDue = false;
      } else if (!isNearDue) {
        nearTimer ??= window.setTimeout(() => {
          nearTimer = undefined;
          isNearDue = true;
          // Whoever is told says what is wanted by then.
          onChange();
        }, NEAR_AFTER_MS);
      }
      wanted = isNearDue ? [...seen, ...near] : seen;
      for (const [chunk, ending] of running) {
        if (seen.includes(chunk) || near.includes(chunk)) continue;
        running.delete(chunk);
        ending.abort();
      }
      startMore();
    },
    async load(chunk) {
      if (chunk.items !== undefined) return;
      await load(chunk, new AbortController().signal);
      problems.delete(chunk);
      onChange();
    },
    problemOf: (chunk) => problems.get(chunk),
    retry() {
      if (problems.size === 0) return;
      problems.clear();
      onChange();
      startMore();
    },
    stop() {
      window.clearTimeout(nearTimer);
      wanted = [];
      for (const ending of running.values()) ending.abort();
      running.clear();
    },
  };
}
