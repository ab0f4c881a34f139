import { useComputed, useSignal } from '@preact/signals';
import type { TargetedKeyboardEvent, TargetedPointerEvent } from 'preact';
import { useRef } from 'preact/hooks';
import { dateText, dayText, monthText } from '../frame/day-text.ts';
import { strings } from '../strings.ts';
import { marksOf, monthFrom, partOfDay, partOfPosition, positionOfPart } from './axis.ts';
import type { GridModel } from './grid-model.ts';
import type { Section } from './sections.ts';
import './scrubber.css';

/** Between two labels, in pixels. */
const LABEL_DISTANCE = 22;

const shortMonth = new Intl.DateTimeFormat(strings.language, { month: 'short' });
const year = new Intl.DateTimeFormat(strings.language, { year: 'numeric' });

/**
 * The axis of time: shows where the grid is, and leads anywhere by one drag.
 *
 * @param isShown whether it is seen on screens without a mouse: while the grid scrolls
 */
export function Scrubber({ model, isShown }: { model: GridModel; isShown: boolean }) {
  const track = useRef<HTMLDivElement>(null);
  const isDragging = useSignal(false);
  /** Whether it has the focus by the mouse or a finger: the frame of the focus is for keys. */
  const isPointed = useSignal(false);
  /** Under the mouse, from 0 to 1. */
  const hovered = useSignal<number | null>(null);
  const marks = useComputed(() => {
    model.version.value;
    return marksOf(model.timeline, LABEL_DISTANCE / Math.max(1, model.view - 40));
  });
  model.version.value;
  const { timeline, place } = model;
  const { sections } = timeline;
  if (sections.length === 0 || timeline.height <= model.view) return null;

  const current = timeline.sectionAt(place.position);
  const index = current ? sections.indexOf(current) : 0;
  const part = partOfPosition(timeline, place.position);

  function partAt(clientY: number): number {
    const { top = 0, height = 1 } = track.current?.getBoundingClientRect() ?? {};
    return Math.min(1, Math.max(0, (clientY - top) / height));
  }

  function goToDay(at: number): void {
    const section = sections[Math.min(sections.length - 1, Math.max(0, at))];
    if (section) model.jumpTo(section.top);
  }

  function onKeyDown(event: TargetedKeyboardEvent<HTMLDivElement>): void {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const targets: Record<string, () => number> = {
      ArrowDown: () => index + 1,
      ArrowRight: () => index + 1,
      ArrowUp: () => index - 1,
      ArrowLeft: () => index - 1,
      PageDown: () => monthFrom(sections, index, 1),
      PageUp: () => monthFrom(sections, index, -1),
      Home: () => 0,
      End: () => sections.length - 1,
    };
    const target = targets[event.key];
    if (target === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    isPointed.value = false;
    goToDay(target());
  }

  function onPointerDown(event: TargetedPointerEvent<HTMLDivElement>): void {
    if (event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    event.currentTarget.focus({ preventScroll: true });
    isDragging.value = true;
    isPointed.value = true;
    model.jumpTo(positionOfPart(timeline, partAt(event.clientY)));
  }

  function onPointerMove({ clientY, pointerType }: TargetedPointerEvent<HTMLDivElement>): void {
    hovered.value = pointerType === 'mouse' ? partAt(clientY) : null;
    if (isDragging.value) model.jumpTo(positionOfPart(timeline, partAt(clientY)));
  }

  function endDrag(): void {
    isDragging.value = false;
    hovered.value = null;
  }

  /** A day of less than a pixel is beside the pointer more often than under it. */
  const isPointable = (day: Section) => partOfDay(timeline, day) * (model.view - 40) >= 1;
  const shownPart = isDragging.value ? part : hovered.value;
  const pointed =
    shownPart === null ? undefined : timeline.sectionAt(positionOfPart(timeline, shownPart));
  return (
    <div
      class={`scrubber ${isShown || isDragging.value ? 'is-shown' : ''} ${isPointed.value ? 'is-pointed' : ''}`}
      role="slider"
      tabIndex={0}
      aria-label={strings.grid.scrubber}
      aria-orientation="vertical"
      aria-valuemin={0}
      aria-valuemax={sections.length - 1}
      aria-valuenow={index}
      aria-valuetext={
        current && `${dayText(current.from)}, ${strings.count.attachments(current.count)}`
      }
      onKeyDown={onKeyDown}
      onBlur={() => {
        isPointed.value = false;
      }}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={endDrag}
      onPointerCancel={endDrag}
      onPointerLeave={() => {
        hovered.value = null;
      }}
    >
      <div class="scrubber-track" ref={track} aria-hidden="true">
        {marks.value.map((mark) => (
          <span
            key={mark.from}
            class={`scrubber-mark ${mark.isYear ? 'scrubber-year' : ''}`}
            style={{ top: `${mark.part * 100}%` }}
          >
            {(mark.isYear ? year : shortMonth).format(new Date(mark.from))}
          </span>
        ))}
        <span class="scrubber-thumb" style={{ top: `${part * 100}%` }} />
        {pointed && shownPart !== null && (
          <span class="scrubber-tip" style={{ top: `${shownPart * 100}%` }}>
            {isPointable(pointed) ? dateText(pointed.from) : monthText(pointed.from)}
          </span>
        )}
      </div>
    </div>
  );
}
