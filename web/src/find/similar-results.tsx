import type { ComponentChildren } from 'preact';
import { thumbnailUrl } from '../api/thumbnail-url.ts';
import type { MediaItem, SimilarMedia } from '../api/types.ts';
import { strings } from '../strings.ts';
import { isComparable } from './is-comparable.ts';

const texts = strings.find.similar;
const time = new Intl.DateTimeFormat(strings.language, { dateStyle: 'medium', timeStyle: 'short' });

/** Of 256 bits; copies that are only smaller or recompressed differ in less. */
const ALIKE_BITS = 20;

/** What was found, the nearest first. */
export function SimilarResults(props: {
  found: SimilarMedia;
  /** Makes a link to an attachment. */
  children: (media: MediaItem, content: ComponentChildren) => ComponentChildren;
}) {
  const { sha256, quality, items } = props.found;
  const isPlain = !isComparable(quality);
  if (items.length === 0) {
    return (
      <>
        <p>{isPlain ? texts.noneSame : texts.none}</p>
        {isPlain && <p class="hint">{texts.plain}</p>}
      </>
    );
  }
  return (
    <>
      <p>{texts.found(items.length)}</p>
      {isPlain && <p class="hint">{texts.plain}</p>}
      <ul class="similar-results">
        {items.map(({ distance, media }) => (
          <li key={media.sid}>
            {props.children(
              media,
              <>
                <img src={thumbnailUrl(media, 'small')} alt="" width="96" height="96" />
                <strong>
                  {media.sha256 === sha256
                    ? texts.same
                    : distance <= ALIKE_BITS
                      ? texts.alike
                      : texts.near}
                </strong>
                <bdi>{media.from}</bdi>
                <time dateTime={media.receivedAt}>{time.format(new Date(media.receivedAt))}</time>
              </>,
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
