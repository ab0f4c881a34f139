import { signal } from '@preact/signals';
import { useEffect, useLayoutEffect } from 'preact/hooks';
import type { MediaItem, MediaLinks } from '../api/types.ts';
import { notifyError } from '../frame/announcements.tsx';
import { Icon } from '../frame/icons.tsx';
import { placeholderUrl } from '../grid/placeholder.ts';
import { describe, iconOf } from '../grid/tile-text.ts';
import { strings } from '../strings.ts';
import { GoneCard } from '../viewer/cards.tsx';
import { formOf } from '../viewer/media-form.ts';
import { pictureOf, sourcesOf } from '../viewer/media-sources.ts';
import { sidAtDesk } from '../viewer/open-sid.ts';
import { openedMedia, revealCopy, revealMedia } from '../viewer/opened-media.ts';
import { Preparing } from '../viewer/players.tsx';
import { Slide } from '../viewer/slide.tsx';
import { useSource } from '../viewer/use-source.ts';
import { displaySettings } from './display-settings.ts';
import { KeyHint } from './key-hint.tsx';
import '../viewer/slide.css';
import './desk-stage.css';

const texts = strings.desk;

/** The attachment that is shown without its cover, or again with it. */
const uncovered = signal<{ sid: string; isUncovered: boolean }>();

/** The attachment: covered at first, if the moderator wants that or it is held back. */
export function DeskStage({ sid }: { sid: string }) {
  const { item, gone, revealed } = openedMedia(sid).value;
  // Players play only what is open.
  useLayoutEffect(() => {
    sidAtDesk.value = sid;
    return () => {
      sidAtDesk.value = undefined;
    };
  }, [sid]);
  // What was looked at a moment ago, as another attachment, is not covered again.
  useEffect(() => {
    void revealCopy(sid).then((isShown) => {
      if (isShown) uncovered.value = { sid, isUncovered: true };
    });
  }, [sid]);
  const { grey, muted } = displaySettings.value;
  return (
    <section
      data-sid={sid}
      class={`desk-stage always-dark ${grey ? 'is-grey' : ''}`}
      aria-label={item ? describe(item) : strings.viewer.title}
    >
      {gone !== undefined ? (
        <GoneCard gone={gone} wasShown />
      ) : item === undefined ? null : isCovered(item, revealed) ? (
        <Cover key={sid} item={item} />
      ) : formOf(item, revealed !== undefined) === 'picture' ? (
        <Picture key={sid} item={item} revealed={revealed} />
      ) : (
        <Slide key={`${sid} ${item.state}`} sid={sid} isMuted={muted} />
      )}
    </section>
  );
}

/** What is not here yet has nothing to cover. */
function isCovered(item: MediaItem, revealed: MediaLinks | undefined): boolean {
  if (item.state !== 'stored') return false;
  if (item.moderation !== 'visible' && revealed === undefined) return true;
  const { sid, isUncovered } = uncovered.value ?? {};
  return sid === item.sid ? !isUncovered : displaySettings.value.blur;
}

/** Shows what is covered, which the server records of what is held back; or covers it again. */
export async function reveal(sid: string): Promise<void> {
  const { item, gone, revealed } = openedMedia(sid).peek();
  if (item === undefined || gone !== undefined || item.state !== 'stored') return;
  const wasCovered = isCovered(item, revealed);
  try {
    if (wasCovered && item.moderation !== 'visible' && revealed === undefined) {
      await revealMedia(sid);
    }
    uncovered.value = { sid, isUncovered: wasCovered };
  } catch (error) {
    notifyError(error);
  }
}

/** A blur, which tells little, and is there with the answer of the claim. */
function Cover({ item }: { item: MediaItem }) {
  const { sid, moderation, preview } = item;
  const hash = preview?.thumbhash;
  const src = hash ? placeholderUrl(hash) : undefined;
  return (
    <div class="desk-cover">
      {src !== undefined && <img class="desk-blur" src={src} alt="" />}
      <div class="desk-cover-text">
        <Icon name={iconOf(item)} />
        <button
          type="button"
          class="primary-button"
          aria-keyshortcuts="r"
          onClick={() => void reveal(sid)}
        >
          {strings.viewer.reveal} <KeyHint of="r" />
        </button>
        {moderation !== 'visible' && <p class="hint">{texts.revealIsRecorded}</p>}
      </div>
    </div>
  );
}

function Picture({ item, revealed }: { item: MediaItem; revealed: MediaLinks | undefined }) {
  const sources = sourcesOf(item, revealed);
  const { value, isPrepared, reason } = useSource(item.sid, async (options) => {
    const src = await pictureOf(item, sources, options);
    const whole = new Image();
    whole.src = src;
    await whole.decode();
    return src;
  });
  return (
    <>
      <img class="desk-picture" src={value ?? sources.thumbnail('large')} alt={describe(item)} />
      <div class="desk-picture-note">
        {reason === undefined ? <Preparing isPrepared={isPrepared} /> : <p>{reason}</p>}
      </div>
    </>
  );
}
