import { useEffect } from 'preact/hooks';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { FileCard, GoneCard, HeldCard, ProblemCard, UnfinishedCard } from './cards.tsx';
import { ContactCards, EventCards } from './contact-cards.tsx';
import { formOf } from './media-form.ts';
import { type OpenedMedia, openedMedia, refreshMedia } from './opened-media.ts';
import { Pages } from './pages.tsx';
import { SoundPlayer, VideoPlayer } from './players.tsx';
import { TextView } from './text-view.tsx';

/** Changes when a slide has to be made anew. */
export function slideKey({ item, gone, problem, revealed }: OpenedMedia): string {
  if (gone !== undefined) return gone;
  if (item === undefined) return problem === undefined ? 'loading' : 'problem';
  return [formOf(item, revealed !== undefined), item.sha256, item.preview?.kind, !!revealed].join();
}

/**
 * Everything but a picture, which is PhotoSwipe's own.
 *
 * @param isMuted whether a video is played without its sound at first
 */
export function Slide({ sid, isMuted = false }: { sid: string; isMuted?: boolean }) {
  const { item, gone, problem, revealed } = openedMedia(sid).value;
  const isKnown = item !== undefined;
  useEffect(() => {
    if (!isKnown) void refreshMedia(sid);
  }, [sid, isKnown]);
  if (gone !== undefined) return <GoneCard gone={gone} wasShown={isKnown} />;
  if (item === undefined) {
    if (problem !== undefined) return <ProblemCard sid={sid} problem={problem} />;
    return <p class="slide-wait">{strings.viewer.loading}</p>;
  }
  const form = formOf(item, revealed !== undefined);
  const shown = { item, revealed };
  switch (form) {
    case 'video':
      return <VideoPlayer {...shown} isMuted={isMuted} />;
    case 'audio':
      return <SoundPlayer {...shown} />;
    case 'pages':
      return <Pages {...shown} />;
    case 'contacts':
      return <ContactCards {...shown} />;
    case 'events':
      return <EventCards {...shown} />;
    case 'text':
      return <TextView {...shown} />;
    case 'held':
      return <HeldCard item={item} />;
    case 'pending':
    case 'failed':
      return <UnfinishedCard item={item} canRetry={isModerator.value} />;
    default:
      return <FileCard {...shown} />;
  }
}
