/** In the order in which they are shown. */
export const DECISIONS = ['approve', 'hold', 'quarantine', 'delete'] as const;
export type Counts = Readonly<Record<(typeof DECISIONS)[number], number>>;

/** Decisions of all kinds. */
export function totalOf(counts: Counts): number {
  return DECISIONS.reduce((sum, kind) => sum + counts[kind], 0);
}

/** Where each kind of decision is in a bar of these decisions, from the bottom up. */
export function stackOf(counts: Counts): { kind: keyof Counts; from: number; count: number }[] {
  let from = 0;
  return DECISIONS.map((kind) => {
    const part = { kind, from, count: counts[kind] };
    from += counts[kind];
    return part;
  });
}
