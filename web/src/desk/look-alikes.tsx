import { thumbnailUrl } from '../api/thumbnail-url.ts';
import type { MediaItem, SimilarToMedia } from '../api/types.ts';
import { isComparable } from '../find/is-comparable.ts';
import { placeholderUrl } from '../grid/placeholder.ts';
import { describe } from '../grid/tile-text.ts';
import { waitingActs } from '../moderation/acts.ts';
import { strings } from '../strings.ts';
import { formatTime } from '../viewer/format-facts.ts';
import { displaySettings } from './display-settings.ts';
import { Section } from './panel-section.tsx';
import { readLookAlikes } from './read-context.ts';
import { useRereadSource } from './use-reread-source.ts';

const texts = strings.desk.panel;

/** Attachments with the same bytes or a similar picture, and how they were decided; before a reveal, too. */
export function LookAlikes({ item }: { item: MediaItem }) {
  const { sid, sha256 } = item;
  // What is not here yet has nothing to compare.
  const key = sha256 === null ? undefined : sid;
  const { value, reason } = useRereadSource(
    key,
    (options) => readLookAlikes(sid, options),
    (decided, known) => known?.items.some(({ media }) => media.sid === decided) ?? false,
  );
  return (
    <Section title={texts.lookAlikes}>
      <div class="panel-alike">
        {key === undefined ? (
          <p class="quiet">{texts.notHere}</p>
        ) : value === undefined ? (
          <p class="quiet">{reason ?? texts.looking}</p>
        ) : value.items.length === 0 ? (
          <p class="quiet">{isComparable(value.quality) ? texts.noneAlike : texts.noneSame}</p>
        ) : (
          <ul class="panel-list">
            {value.items.map((alike) => (
              <Alike key={alike.media.sid} of={value.sha256} {...alike} />
            ))}
          </ul>
        )}
      </div>
    </Section>
  );
}

/** As covered as the attachment itself: it may show the same. */
function Alike({ of, distance, media }: { of: string } & SimilarToMedia['items'][number]) {
  const { decision, moderation, from } = media;
  const { similar } = strings.find;
  const waiting = waitingActs.value.get(media.sid);
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
        <strong>{media.sha256 === of ? similar.same : texts.alike(distance)}</strong>
        <span>
          {waiting === undefined
            ? strings.viewer.moderation[moderation]
            : strings.acts.waiting[waiting]}
          {decision &&
            !waiting &&
            ` ${strings.viewer.decidedBy(decision.by, formatTime(decision.at))}`}
          {decision?.reasonCode && !waiting && ` · ${decision.reasonCode}`}
        </span>
        <bdi class="quiet">{from}</bdi>
      </p>
    </li>
  );
}
