import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { dayText } from '../frame/day-text.ts';
import { strings } from '../strings.ts';
import type { GridModel } from './grid-model.ts';
import { HEADING_HEIGHT, type Section } from './sections.ts';
import type { Scroller } from './use-drawn.ts';

/** @param shift from places of the list to those of the element */
export function DayHeading({ section, shift }: { section: Section; shift: number }) {
  return (
    <h2
      id={`day-${section.from}`}
      class="day"
      style={{ transform: `translateY(${section.top + shift}px)`, height: `${HEADING_HEIGHT}px` }}
    >
      {dayText(section.from)}{' '}
      <span class="day-count">{strings.count.attachments(section.count)}</span>
    </h2>
  );
}

/** The day that is seen stays at the top, until the next one pushes it away. */
export function CurrentDay({ model, main }: { model: GridModel; main: Scroller }) {
  const [section, setSection] = useState<Section | undefined>(undefined);
  const heading = useRef<HTMLParagraphElement>(null);
  useLayoutEffect(() => {
    const element = main.current;
    if (element === null) return;
    function follow(): void {
      const { timeline, place } = model;
      const found = timeline.sectionAt(place.position);
      const isPast = found !== undefined && place.position > found.top;
      setSection(isPast ? found : undefined);
      if (heading.current === null || found === undefined) return;
      const next = timeline.sections[timeline.sections.indexOf(found) + 1];
      const room = (next?.top ?? Number.POSITIVE_INFINITY) - place.position - HEADING_HEIGHT;
      heading.current.style.transform = `translateY(${Math.min(0, room)}px)`;
    }
    element.addEventListener('scroll', follow, { passive: true });
    const endVersions = model.version.subscribe(follow);
    return () => {
      element.removeEventListener('scroll', follow);
      endVersions();
    };
  }, [model]);
  return (
    <div class="current-day" aria-hidden="true">
      <p ref={heading} class="day" hidden={section === undefined}>
        {section && dayText(section.from)}{' '}
        <span class="day-count">{section && strings.count.attachments(section.count)}</span>
      </p>
    </div>
  );
}
