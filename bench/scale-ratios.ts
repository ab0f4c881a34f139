import { median } from './statistics.ts';

/** The same thing at every size, the smallest first. */
export interface Compared {
  name: string;
  /** One for each size. */
  run: (() => Promise<unknown>)[];
  /** Of the list that is asked for; empty for what is not a list. */
  items?: number;
}

/** One that takes a millisecond is repeated in a round: a timer or a garbage collection is as long. */
const ROUND_MS = 60;
const MOST_REPEATS = 12;

/**
 * Measures things in turns, size by size, so that what slows the machine slows all.
 *
 * @returns rows for `console.table`: milliseconds at each size, and the ratio to the smallest, median (lowest to
 *   highest round)
 */
export async function compareSizes(
  sizes: readonly number[],
  things: readonly Compared[],
  rounds: number,
): Promise<Record<string, string | number>[]> {
  const rows: Record<string, string | number>[] = [];
  for (const { name, run, items } of things) {
    const times = sizes.map((): number[] => []);
    // Round 0 warms up and is not counted.
    for (let round = 0; round <= rounds; round += 1) {
      for (const [n, once] of run.entries()) {
        const ms = await timeOf(once);
        if (round > 0) times[n]?.push(ms);
      }
    }
    const [smallest = []] = times;
    const row: Record<string, string | number> = { '': name };
    if (items !== undefined) row.items = items;
    for (const [n, size] of sizes.entries()) {
      const own = times[n] ?? [];
      row[`ms at ${size}`] = rounded(median(own), 1);
      if (n === 0) continue;
      const ratios = own.map((ms, round) => ms / (smallest[round] ?? Number.NaN));
      row[`${size} : ${sizes[0]}`] = rounded(median(ratios), 2);
      row[`range ${size}`] =
        `${rounded(Math.min(...ratios), 2)} to ${rounded(Math.max(...ratios), 2)}`;
    }
    console.error(Object.values(row).join('  '));
    rows.push(row);
  }
  return rows;
}

/** The median of as many runs as fit into a round. */
async function timeOf(once: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  const begun = performance.now();
  do {
    const at = performance.now();
    await once();
    times.push(performance.now() - at);
  } while (performance.now() - begun < ROUND_MS && times.length < MOST_REPEATS);
  return median(times);
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
