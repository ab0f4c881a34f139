import type { MediaItem } from '../api/types.ts';
import { PageLink } from '../frame/page-link.tsx';
import { durationText } from '../grid/tile-text.ts';
import { strings } from '../strings.ts';
import { CopyButton } from './copy-button.tsx';
import { Fact } from './fact.tsx';
import { formatLongTime, formatSize } from './format-facts.ts';

const texts = strings.viewer;
const number = new Intl.NumberFormat(strings.language);

/** What the bytes and the file say. */
export function MediaFacts({ item }: { item: MediaItem }) {
  const { contentType, byteSize, sha256, width, height, fileName, preview } = item;
  const { takenAt, camera, location, durationSeconds, pages } = item.details ?? {};
  return (
    <>
      {takenAt && <Fact name={texts.taken}>{formatTaken(takenAt)}</Fact>}
      {camera && (
        <Fact name={texts.camera}>
          <span dir="auto">{camera}</span>
        </Fact>
      )}
      {location && <Place {...location} />}
      {durationSeconds !== undefined && (
        <Fact name={texts.duration}>{durationText(durationSeconds)}</Fact>
      )}
      {pages !== undefined && <Fact name={texts.pageCount}>{number.format(pages)}</Fact>}
      {width !== null && height !== null && (
        <Fact name={texts.size}>
          {number.format(width)} × {number.format(height)}
        </Fact>
      )}
      {contentType && (
        <Fact name={texts.type}>
          {contentType}
          {byteSize !== null && ` · ${formatSize(byteSize)}`}
        </Fact>
      )}
      {fileName && (
        <Fact name={texts.fileName}>
          <span dir="auto">{fileName}</span>
        </Fact>
      )}
      {preview?.reason && <Fact name={texts.note}>{preview.reason}</Fact>}
      {sha256 && (
        <Fact name="SHA-256">
          <code>{sha256}</code>
          <span class="fact-links">
            <PageLink to={{ page: 'grid', filter: { sha256 } }}>{texts.findSame}</PageLink>
            <CopyButton text={sha256} label={texts.copyValue('SHA-256')} />
          </span>
        </Fact>
      )}
    </>
  );
}

/** Coordinates, without a map: that would tell somebody else what is looked at. */
function Place({ latitude, longitude }: { latitude: number; longitude: number }) {
  const text = `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`;
  return (
    <Fact name={texts.location}>
      {text}
      <span class="fact-links">
        <CopyButton text={text} label={texts.copyValue(texts.location)} />
      </span>
    </Fact>
  );
}

/** A camera without an offset means its own local time: it is shown as it is written. */
function formatTaken(takenAt: string): string {
  return Number.isNaN(Date.parse(takenAt)) ? takenAt : formatLongTime(takenAt);
}
