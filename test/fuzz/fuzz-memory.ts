import type { FuzzedServer, Memory } from './fuzzed-server.ts';

const MIB = 1024 ** 2;
const EVERY_MS = 500;
// Services of the time: what is resident at the end of the warm-up, and at the end.
const WARM_UP = [0.25, 0.35] as const;
const END = [0.9, 1] as const;
/**
 * A preview process keeps what it has touched, up to 400 MiB, before it is replaced: the sum of two
 * may grow by as much and prove nothing. Of the server nothing should stay.
 */
const MAX_GROWTH: Memory = { server: 200 * MIB, children: 400 * MIB };

/** What was resident while the server was at work. */
export interface MemoryWatch {
  /** Ends it. */
  stop(): Promise<void>;
  /** Medians in bytes, and what has grown by more than it may. */
  verdict(): { warm: Memory; end: Memory; most: Memory; problems: string[] };
}

export function watchMemory(server: FuzzedServer): MemoryWatch {
  const samples: Memory[] = [];
  let isOver = false;
  const sampling = sample();

  async function sample(): Promise<void> {
    while (!isOver && !server.hasEnded()) {
      samples.push(await server.memory());
      await new Promise((wait) => setTimeout(wait, EVERY_MS));
    }
  }

  function between([from, to]: readonly [number, number]): Memory {
    // At least one, also of a run of a second.
    const first = Math.min(Math.floor(samples.length * from), samples.length - 1);
    const some = samples.slice(first, Math.max(first + 1, Math.ceil(samples.length * to)));
    return each((part) => median(some.map((memory) => memory[part])));
  }

  return {
    async stop() {
      isOver = true;
      await sampling;
    },
    verdict() {
      const warm = between(WARM_UP);
      const end = between(END);
      const most = each((part) => Math.max(...samples.map((memory) => memory[part])));
      const problems = (['server', 'children'] as const)
        .filter((part) => end[part] - warm[part] > MAX_GROWTH[part])
        .map((part) => {
          const growth = `from ${inMib(warm[part])} to ${inMib(end[part])}`;
          return `the memory of ${part} grew ${growth}: more than ${inMib(MAX_GROWTH[part])}`;
        });
      return { warm, end, most, problems };
    },
  };
}

function each(value: (part: keyof Memory) => number): Memory {
  return { server: value('server'), children: value('children') };
}

function median(numbers: number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

/** Bytes for people. */
export function inMib(bytes: number): string {
  return `${Math.round(bytes / MIB)} MiB`;
}
