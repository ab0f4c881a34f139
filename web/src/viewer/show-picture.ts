import { signal } from '@preact/signals';
import type PhotoSwipe from 'photoswipe';
import { onBack } from '../api/live-events.ts';
import { pictureOf, reasonOf, sourcesOf } from './media-sources.ts';
import { openedMedia } from './opened-media.ts';

type Content = NonNullable<PhotoSwipe['currSlide']>['content'];

/** Of the picture that is open: whether its rendition is being made, or why only its thumbnail is shown. */
export const pictureState = signal<{ isPrepared: boolean; reason?: string | undefined }>({
  isPrepared: true,
});

/**
 * Replaces the thumbnail in a slide by the whole picture, once that can be painted. What fails is tried again when the
 * server can be reached again.
 */
export async function showPicture(
  sid: string,
  content: Content,
  signal: AbortSignal,
): Promise<void> {
  pictureState.value = { isPrepared: true };
  const { item, revealed } = openedMedia(sid).peek();
  if (item === undefined) return;
  try {
    const onWait = () => {
      pictureState.value = { isPrepared: false };
    };
    const src = await pictureOf(item, sourcesOf(item, revealed), { signal, onWait });
    if (content.data.src === src) return;
    const whole = new Image();
    whole.src = src;
    await whole.decode();
    if (signal.aborted) return;
    // Also when the slide is shown again.
    content.data.src = src;
    if (content.element instanceof HTMLImageElement) content.element.src = src;
    pictureState.value = { isPrepared: true };
  } catch (error) {
    if (signal.aborted) return;
    pictureState.value = { isPrepared: true, reason: reasonOf(error) };
    const end = onBack(() => {
      end();
      void showPicture(sid, content, signal);
    });
    signal.addEventListener('abort', end);
  }
}
