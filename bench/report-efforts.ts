import { median, quantile } from './statistics.ts';

/** Of one contestant in one round, both in seconds. */
export interface Effort {
  elapsed: number;
  /** Of the processor, without what this process does as their client. */
  worked: number;
}

/** Prints what each took, beside the first. */
export function reportEfforts(efforts: Map<string, Effort[]>, title: string, photos: number): void {
  const [bareLoop = []] = efforts.values();
  const rows = [...efforts].map(([name, each]) => {
    // Each round against the one beside it: what slows the machine slows both.
    const ratios = (of: keyof Effort) =>
      each.map((own, round) => (bareLoop[round]?.[of] ?? Number.NaN) / own[of]);
    const rounded = (ratio: number) => Number(ratio.toFixed(2));
    return {
      contestant: name,
      'photos/s': Number((photos / median(each.map(({ elapsed }) => elapsed))).toFixed(1)),
      'to sharp, median': rounded(median(ratios('elapsed'))),
      lowest: rounded(quantile(ratios('elapsed'), 0)),
      highest: rounded(quantile(ratios('elapsed'), 1)),
      'processor ms a photo': Math.round(
        (median(each.map(({ worked }) => worked)) * 1000) / photos,
      ),
      'sharp to it': rounded(median(ratios('worked'))),
    };
  });
  console.log(title);
  console.table(rows);
}
