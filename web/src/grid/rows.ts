import justifiedLayout from 'justified-layout';

// Attachments in rows that fill the width, each in its own proportions.

/** In pixels. */
export interface Metrics {
  width: number;
  /** What rows are about as high as. */
  rowHeight: number;
  gap: number;
}

/** In pixels from the corner of the chunk; whole numbers. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

export interface Row {
  top: number;
  height: number;
  /** Of its first attachment in the chunk. */
  first: number;
  /** After its last one. */
  end: number;
}

export interface Layout {
  boxes: Box[];
  rows: Row[];
  /** With the gap below. */
  height: number;
}

/** Of what has no size yet. */
export const COMMON_ASPECT = 4 / 3;
const ASPECTS = { least: 0.4, most: 3 };
/** Other row heights are tried, until the last row is about as high as the others when it is stretched. */
const TRIED = [1, 0.95, 1.05, 0.9, 1.1, 0.85];
const STRETCHED = { little: 1.15, most: 1.8 };

/** The row height for a page of some width. */
export function metricsFor(width: number): Metrics {
  const rowHeight = Math.round(Math.min(280, Math.max(108, width / 6)));
  return { width, rowHeight, gap: 4 };
}

/** Width through height, as it is shown: panoramas and strips are cut. */
export function shownAspect(width: number, height: number): number {
  const aspect = width > 0 && height > 0 ? width / height : COMMON_ASPECT;
  return Math.min(ASPECTS.most, Math.max(ASPECTS.least, aspect));
}

/** How high some attachments will be, more or less. */
export function estimateHeight(count: number, { width, rowHeight, gap }: Metrics): number {
  const inRow = Math.max(1, width / (rowHeight * COMMON_ASPECT + gap));
  return Math.ceil(count / inRow) * (rowHeight + gap);
}

/**
 * Lays attachments out in rows.
 *
 * @param aspects width through height of each
 * @param isLast whether the last row may stay short; otherwise more follow below, and it is stretched to the full width
 */
export function layOut(aspects: readonly number[], metrics: Metrics, isLast: boolean): Layout {
  if (aspects.length === 0) return { boxes: [], rows: [], height: 0 };
  if (isLast) return toLayout(justify(aspects, metrics, 1), metrics);
  let best: { boxes: Box[]; stretch: number } | undefined;
  for (const factor of TRIED) {
    const boxes = justify(aspects, metrics, factor);
    const stretch = stretchOfLastRow(boxes, metrics);
    if (best === undefined || stretch < best.stretch) best = { boxes, stretch };
    if (stretch <= STRETCHED.little) break;
  }
  if (best === undefined) throw new Error('No row height was tried');
  return toLayout(stretchLastRow(best.boxes, metrics), metrics);
}

/** One layout below another. */
export function stack(above: Layout, below: Layout): Layout {
  const { height } = above;
  const first = above.boxes.length;
  return {
    boxes: [...above.boxes, ...below.boxes.map((box) => ({ ...box, top: box.top + height }))],
    rows: [
      ...above.rows,
      ...below.rows.map((row) => ({
        ...row,
        top: row.top + height,
        first: row.first + first,
        end: row.end + first,
      })),
    ],
    height: height + below.height,
  };
}

function justify(aspects: readonly number[], metrics: Metrics, factor: number): Box[] {
  const { boxes } = justifiedLayout(aspects, {
    containerWidth: metrics.width,
    containerPadding: 0,
    boxSpacing: metrics.gap,
    targetRowHeight: metrics.rowHeight * factor,
  });
  return boxes;
}

function lastRow(boxes: readonly Box[]): Box[] {
  const top = boxes.at(-1)?.top;
  return boxes.filter((box) => box.top === top);
}

/** How much higher the last row gets when it fills the width. */
function stretchOfLastRow(boxes: readonly Box[], { width, gap }: Metrics): number {
  const row = lastRow(boxes);
  const widths = row.reduce((sum, box) => sum + box.width, 0);
  return (width - gap * (row.length - 1)) / widths;
}

function stretchLastRow(boxes: readonly Box[], metrics: Metrics): Box[] {
  const factor = Math.min(STRETCHED.most, stretchOfLastRow(boxes, metrics));
  const row = new Set(lastRow(boxes));
  let left = 0;
  return boxes.map((box) => {
    if (!row.has(box)) return box;
    const width = box.width * factor;
    const stretched = { top: box.top, left, width, height: box.height * factor };
    left += width + metrics.gap;
    return stretched;
  });
}

/** Whole pixels: edges that meet are rounded to the same one. */
function toLayout(boxes: readonly Box[], { gap }: Metrics): Layout {
  const rows: Row[] = [];
  const rounded = boxes.map((box, index) => {
    const left = Math.round(box.left);
    const top = Math.round(box.top);
    const width = Math.round(box.left + box.width) - left;
    const height = Math.round(box.top + box.height) - top;
    const row = rows.at(-1);
    if (row?.top === top) row.end = index + 1;
    else rows.push({ top, height, first: index, end: index + 1 });
    return { left, top, width, height };
  });
  const last = rows.at(-1);
  return { boxes: rounded, rows, height: last ? last.top + last.height + gap : 0 };
}
