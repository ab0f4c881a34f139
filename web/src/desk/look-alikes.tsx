import { thumbnailUrl } from '../api/thumbnail-url.ts';
import type { MediaItem, MediaLinks } from '../api/types.ts';
import { placeholderUrl } from '../grid/placeholder.ts';
import { describe } from '../grid/tile-text.ts';
import { strings } from '../strings.ts';
import { formatTime } from '../viewer/format-facts.ts';
import { sourcesOf } from '../viewer/media-sources.ts';
import { useSource } from '../viewer/use-source.ts';
import { displaySettings } from './display-settings.ts';
import { Section } from './panel-section.tsx';
import { type LookAlike, readLookAlikes } from './read-context.ts';

const texts = strings.desk.panel;

/** Attachments with the same bytes or a similar picture, and how they were decided. */
export function LookAlikes({
  item,
  revealed,
}: {
  item: MediaItem;
  revealed: MediaLinks | undefined;
}) {
  const isSeen = item.moderation === 'visible' || revealed !== undefined;
  const { value, reason } = useSource(`${item.sid} ${isSeen}`, (options) =>
    readLookAlikes(item, isSeen, sourcesOf(item, revealed), options),
  );
  return (
    <Section title={texts.lookAlikes}>
      <div class="panel-alike">
        {value === undefined ? (
          <p class="quiet">{reason ?? texts.looking}</p>
        ) : value.length === 0 ? (
          <p class="quiet">{isSeen ? texts.noneAlike : texts.noneSame}</p>
        ) : (
          <ul class="panel-list">
            {value.map((alike) => (
              <Alike key={alike.media.sid} {...alike} />
            ))}
          </ul>
        )}
      </div>
    </Section>
  );
}

/** As covered as the attachment itself: it may show the same. */
function Alike({ distance, media }: LookAlike) {
  const { decision, moderation, from } = media;
  const { similar } = strings.find;
  const { blur, grey } = displaySettings.value;
  const hash = media.preview?.thumbhash;
  const src = blur && hash ? placeholderUrl(hash) : thumbnailUrl(media, 'small');
  return (
    <li class="panel-look">
      <a href={`/m/${media.sid}`} target="_blank" rel="noreferrer" aria-label={describe(media)}>
        <img
          class={`panel-thumb ${grey ? 'panel-thumb-grey' : ''}`}
          src={src}
          alt=""
          width="56"
          height="56"
        />
      </a>
      <p>
        <strong>{distance === 0 ? similar.same : texts.distance(distance)}</strong>
        <span>
          {strings.viewer.moderation[moderation]}
          {decision && ` ${strings.viewer.decidedBy(decision.by, formatTime(decision.at))}`}
          {decision?.reasonCode && ` · ${decision.reasonCode}`}
        </span>
        <bdi class="quiet">{from}</bdi>
      </p>
    </li>
  );
}
