import type { Section } from './sections.ts';
import type { Timeline } from './timeline.ts';

// The axis of time beside the grid. Days have a part of it by the square root of their count, so that a day with 70,000
// attachments does not leave the others less than a pixel.

/** How far down the axis a place of the list is, from 0 to 1. */
export function partOfPosition(timeline: Timeline, position: number): number {
  const weights = weightsOf(timeline);
  const section = timeline.sectionAt(position);
  if (section === undefined) return 0;
  const index = timeline.sections.indexOf(section);
  const height = heightOf(timeline, index);
  const inside = height === 0 ? 0 : Math.min(1, Math.max(0, (position - section.top) / height));
  return ((weights[index] ?? 0) + inside * weightOf(section)) / (weights.at(-1) || 1);
}

/** The place of the list that a part of the axis stands for, in pixels. */
export function positionOfPart(timeline: Timeline, part: number): number {
  const weights = weightsOf(timeline);
  const target = Math.min(1, Math.max(0, part)) * (weights.at(-1) ?? 0);
  let index = weights.findIndex((start) => start > target) - 1;
  if (index < 0) index = timeline.sections.length - 1;
  const section = timeline.sections[index];
  if (section === undefined) return 0;
  const inside = Math.min(1, (target - (weights[index] ?? 0)) / weightOf(section));
  // A day that fits on the screen is shown from its beginning.
  const height = heightOf(timeline, index);
  return Math.round(section.top + (section.chunks.length > 1 ? inside * height : 0));
}

/** How much of the axis a day has, from 0 to 1. */
export function partOfDay(timeline: Timeline, section: Section): number {
  return weightOf(section) / (weightsOf(timeline).at(-1) || 1);
}

export interface Mark {
  /** Of its first day. */
  from: string;
  /** From 0 to 1. */
  part: number;
  isYear: boolean;
}

/**
 * The months to write beside the axis: where a year begins always, others where there is room.
 *
 * @param least distance of two of them, from 0 to 1
 */
export function marksOf(timeline: Timeline, least: number): Mark[] {
  const weights = weightsOf(timeline);
  const total = weights.at(-1) || 1;
  const starts: Mark[] = [];
  let before: Date | undefined;
  timeline.sections.forEach(({ from }, index) => {
    const date = new Date(from);
    const isYear = before?.getFullYear() !== date.getFullYear();
    if (isYear || before?.getMonth() !== date.getMonth()) {
      starts.push({ from, part: (weights[index] ?? 0) / total, isYear });
    }
    before = date;
  });
  const shown: Mark[] = [];
  const hasRoom = ({ part }: Mark) => shown.every((other) => Math.abs(other.part - part) >= least);
  for (const mark of starts) if (mark.isYear && hasRoom(mark)) shown.push(mark);
  for (const mark of starts) if (!mark.isYear && hasRoom(mark)) shown.push(mark);
  return shown.toSorted((a, b) => a.part - b.part);
}

/** The day of the first attachment of another month, for the keys; the same at the end of the list. */
export function monthFrom(sections: readonly Section[], index: number, step: 1 | -1): number {
  const monthOf = (at: number) => sections[at]?.from && new Date(sections[at].from).getMonth();
  let at = index;
  while (sections[at + step] && monthOf(at + step) === monthOf(index)) at += step;
  return Math.min(sections.length - 1, Math.max(0, at + step));
}

function weightOf({ count }: Section): number {
  return Math.sqrt(Math.max(1, count));
}

/** Where each day begins, and where the last one ends. */
function weightsOf({ sections }: Timeline): number[] {
  const weights = [0];
  let sum = 0;
  for (const section of sections) {
    sum += weightOf(section);
    weights.push(sum);
  }
  return weights;
}

function heightOf({ sections, height }: Timeline, index: number): number {
  return (sections[index + 1]?.top ?? height) - (sections[index]?.top ?? 0);
}
