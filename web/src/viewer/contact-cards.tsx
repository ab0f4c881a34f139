import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { strings } from '../strings.ts';
import { SaveLink, type Shown } from './cards.tsx';
import { CopyButton } from './copy-button.tsx';
import { formatEventTime } from './event-time.ts';
import { sourcesOf, textOf } from './media-sources.ts';
import { ScrollArea } from './scroll-area.tsx';
import { useSource } from './use-source.ts';

const texts = strings.viewer;
/** Of the file, when all of it is asked for. */
const MOST_BYTES = 100_000;

/** Names and numbers of a contact file, as the server has read them. */
export function ContactCards({ item, revealed }: Shown) {
  const { contacts = [], contactCount = contacts.length } = item.details ?? {};
  return (
    <Cards item={item} revealed={revealed} label={texts.saveContact}>
      {contacts.map(({ name, organization, phones, emails }, index) => (
        <section key={index} class="slide-entry">
          <h2 dir="auto">{name || texts.noName}</h2>
          {organization && (
            <p class="hint" dir="auto">
              {organization}
            </p>
          )}
          <ul>
            {[...phones, ...emails].map((value) => (
              <li key={value} class="copied-line">
                <span dir="auto">{value}</span>
                <CopyButton text={value} label={texts.copyValue(value)} />
              </li>
            ))}
          </ul>
        </section>
      ))}
      {contactCount > contacts.length && <p>{texts.moreEntries(contactCount - contacts.length)}</p>}
    </Cards>
  );
}

/** What, when and where, of a calendar file. */
export function EventCards({ item, revealed }: Shown) {
  const { events = [], eventCount = events.length } = item.details ?? {};
  return (
    <Cards item={item} revealed={revealed} label={texts.saveEvent}>
      {events.map((event, index) => (
        <section key={index} class="slide-entry">
          <h2 dir="auto">{event.summary || texts.noName}</h2>
          {event.start && (
            <p>
              <time dateTime={event.start}>{formatEventTime(event)}</time>
            </p>
          )}
          {event.location && (
            <p class="hint" dir="auto">
              {event.location}
            </p>
          )}
        </section>
      ))}
      {eventCount > events.length && <p>{texts.moreEntries(eventCount - events.length)}</p>}
    </Cards>
  );
}

function Cards({
  item,
  revealed,
  label,
  children,
}: Shown & { label: string; children: ComponentChildren }) {
  const [isWhole, setWhole] = useState(false);
  const { value, reason } = useSource(isWhole ? item.sid : undefined, (options) =>
    textOf(sourcesOf(item, revealed).rendition('text'), MOST_BYTES, options),
  );
  return (
    <ScrollArea label={item.fileName ?? texts.forms.contacts}>
      <div class="slide-entries">
        {children}
        <SaveLink item={item} revealed={revealed} label={label} />
        <details onToggle={({ currentTarget }) => setWhole(currentTarget.open)}>
          <summary>{texts.asText}</summary>
          <pre dir="auto">{reason ?? value?.text}</pre>
        </details>
      </div>
    </ScrollArea>
  );
}
