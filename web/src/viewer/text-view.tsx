import { strings } from '../strings.ts';
import { Card, SaveLink, type Shown } from './cards.tsx';
import { sourcesOf, textOf } from './media-sources.ts';
import { openSid } from './open-sid.ts';
import { Preparing } from './players.tsx';
import { ScrollArea } from './scroll-area.tsx';
import { useSource } from './use-source.ts';

const texts = strings.viewer;
/** More of a text is saved rather than shown. */
const MOST_BYTES = 200_000;

/** A text as it is written. */
export function TextView({ item, revealed }: Shown) {
  const isOpen = openSid.value === item.sid;
  const { value, isPrepared, reason } = useSource(isOpen ? item.sid : undefined, (options) =>
    textOf(sourcesOf(item, revealed).rendition('text'), MOST_BYTES, options),
  );
  if (reason !== undefined) {
    return (
      <Card icon="warning" title={texts.noText}>
        <p>{reason}</p>
        <SaveLink item={item} revealed={revealed} label={texts.save} />
      </Card>
    );
  }
  return (
    <ScrollArea label={texts.forms.text}>
      <pre class="slide-text" dir="auto">
        {value?.text}
      </pre>
      <Preparing isPrepared={isPrepared} />
      {value?.isCut && (
        <div class="slide-more">
          <p>{texts.textIsCut}</p>
          <SaveLink item={item} revealed={revealed} label={texts.save} />
        </div>
      )}
    </ScrollArea>
  );
}
