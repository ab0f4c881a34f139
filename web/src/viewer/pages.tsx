import { useEffect, useRef, useState } from 'preact/hooks';
import { strings } from '../strings.ts';
import { SaveLink, type Shown } from './cards.tsx';
import { renditionOf } from './media-form.ts';
import { rendered, sourcesOf } from './media-sources.ts';
import { openSid } from './open-sid.ts';
import { Preparing } from './players.tsx';
import { ScrollArea } from './scroll-area.tsx';
import { useSource } from './use-source.ts';

const texts = strings.viewer;

/** The pages of a document below one another, each read when it is near. */
export function Pages({ item, revealed }: Shown) {
  const shown = renditionOf(item, 'picture')?.pages ?? 1;
  const total = Math.max(item.details?.pages ?? shown, shown);
  const numbers = Array.from({ length: shown }, (_, index) => index + 1);
  return (
    <ScrollArea label={texts.pages(total)}>
      <ol class="slide-pages">
        {numbers.map((number) => (
          <Page key={number} item={item} revealed={revealed} number={number} total={total} />
        ))}
      </ol>
      {total > shown && (
        <div class="slide-more">
          <p>{texts.morePages(shown, total)}</p>
          <SaveLink item={item} revealed={revealed} label={texts.save} />
        </div>
      )}
    </ScrollArea>
  );
}

function Page({ item, revealed, number, total }: Shown & { number: number; total: number }) {
  const element = useRef<HTMLLIElement>(null);
  const [isNear, setNear] = useState(false);
  // Taken to be as the first until it is here.
  const { width = 3, height = 4 } = item.preview?.sizes.large ?? {};
  const [ratio, setRatio] = useState(width / height);
  const isOpen = openSid.value === item.sid;
  useEffect(() => {
    if (element.current === null || !isOpen || isNear) return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting) setNear(true);
      },
      { rootMargin: '300px' },
    );
    observer.observe(element.current);
    return () => observer.disconnect();
  }, [isOpen, isNear]);
  const { value, isPrepared, reason } = useSource(
    isNear ? item.sid : undefined,
    async (options) => {
      const url = sourcesOf(item, revealed).rendition('picture', number);
      await rendered(url, options);
      return url;
    },
  );
  const label = texts.page(number, total);
  // The thumbnail, until the page itself is here.
  const src = value ?? (number === 1 ? sourcesOf(item, revealed).thumbnail('large') : undefined);
  return (
    <li ref={element} class="slide-page">
      <div class="slide-paper" style={{ aspectRatio: ratio }}>
        {src !== undefined && (
          <img
            src={src}
            alt=""
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setRatio(naturalWidth / naturalHeight)
            }
          />
        )}
        {reason !== undefined && <p class="problem">{reason}</p>}
        <Preparing isPrepared={isPrepared} />
      </div>
      <p class="hint">{label}</p>
    </li>
  );
}
