/** In the order in which they are shown. */
export const DECISIONS = ['approve', 'hold', 'quarantine', 'delete'] as const;
export type Counts = Readonly<Record<(typeof DECISIONS)[number], number>>;

/** Decisions of all kinds. */
export function totalOf(counts: Counts): number {
  return DECISIONS.reduce((sum, kind) => sum + counts[kind], 0);
}
