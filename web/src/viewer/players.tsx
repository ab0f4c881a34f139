import { useEffect, useRef, useState } from 'preact/hooks';
import { describe } from '../grid/tile-text.ts';
import { strings } from '../strings.ts';
import { Card, SaveLink, type Shown } from './cards.tsx';
import { soundOf, sourcesOf } from './media-sources.ts';
import { openSid } from './open-sid.ts';
import { useSource } from './use-source.ts';

const texts = strings.viewer;
/** Pixels at the lower edge of a video. */
const CONTROLS_HEIGHT = 90;

/** The browser's own player; only what is watched is loaded, by ranges. */
export function VideoPlayer({ item, revealed, isMuted }: Shown & { isMuted: boolean }) {
  const player = usePlayer<HTMLVideoElement>(item.sid);
  const { src, isPrepared, reason, fail } = useSound(item, revealed, 'video');
  const { thumbnail } = sourcesOf(item, revealed);
  if (reason !== undefined) return <NotPlayed item={item} revealed={revealed} reason={reason} />;
  return (
    <div class="slide-middle">
      <video
        ref={player}
        class="slide-video"
        aria-label={describe(item)}
        controls
        muted={isMuted}
        playsInline
        preload="metadata"
        poster={thumbnail('large')}
        // The browser has it already, from the grid.
        style={{ backgroundImage: `url("${thumbnail('small')}")` }}
        src={src}
        onPlaying={({ currentTarget }) => {
          currentTarget.style.backgroundImage = 'none';
        }}
        onPointerDown={leaveControls}
        onError={fail}
      />
      <Preparing isPrepared={isPrepared} />
    </div>
  );
}

/** The waveform, the browser's player, and the words. */
export function SoundPlayer({ item, revealed }: Shown) {
  const player = usePlayer<HTMLAudioElement>(item.sid);
  const { src, isPrepared, reason, fail } = useSound(item, revealed, 'audio');
  const size = item.preview?.sizes.medium;
  if (reason !== undefined) return <NotPlayed item={item} revealed={revealed} reason={reason} />;
  return (
    <div class="slide-middle">
      <div class="slide-sound">
        {size && (
          <img
            src={sourcesOf(item, revealed).thumbnail('medium')}
            width={size.width}
            height={size.height}
            alt=""
          />
        )}
        {/* biome-ignore lint/a11y/useMediaCaption: the transcript, if there is one, follows */}
        <audio
          ref={player}
          aria-label={describe(item)}
          controls
          preload="metadata"
          src={src}
          onError={fail}
        />
        <Preparing isPrepared={isPrepared} />
        <Transcript item={item} />
      </div>
    </div>
  );
}

/** What is done with the player's own controls is no swipe. */
function leaveControls(event: PointerEvent): void {
  const { bottom } = (event.currentTarget as Element).getBoundingClientRect();
  if (event.pointerType === 'mouse' || event.clientY > bottom - CONTROLS_HEIGHT) {
    event.stopPropagation();
  }
}

function Transcript({ item }: Pick<Shown, 'item'>) {
  const transcript = item.details?.transcript;
  if (transcript === undefined) return null;
  const { state, text, reason } = transcript;
  return (
    <section class="slide-transcript">
      <h2>{texts.transcript}</h2>
      {state === 'ready' ? (
        <p dir="auto">{text}</p>
      ) : (
        <p class="hint">{reason ?? texts.transcriptPending}</p>
      )}
    </section>
  );
}

function NotPlayed({ item, revealed, reason }: Shown & { reason: string }) {
  return (
    <Card icon="warning" title={texts.notPlayed}>
      <p>{reason}</p>
      <SaveLink item={item} revealed={revealed} label={texts.save} />
    </Card>
  );
}

export function Preparing({ isPrepared }: { isPrepared: boolean }) {
  return (
    <p class="slide-preparing" role="status">
      {isPrepared ? '' : texts.preparing}
    </p>
  );
}

/** What the player plays: nothing before its slide is the open one. */
function useSound(
  { sid, ...item }: Shown['item'],
  revealed: Shown['revealed'],
  as: 'audio' | 'video',
) {
  const [wasOpen, setWasOpen] = useState(false);
  const [isBroken, setBroken] = useState(false);
  const isOpen = openSid.value === sid;
  useEffect(() => {
    if (isOpen) setWasOpen(true);
  }, [isOpen]);
  const media = { sid, ...item };
  const { value, isPrepared, reason } = useSource(wasOpen ? sid : undefined, (options) =>
    soundOf(media, sourcesOf(media, revealed), as, options),
  );
  return {
    src: value,
    isPrepared,
    reason: isBroken ? texts.formatNotPlayed : reason,
    fail: () => {
      if (value !== undefined) setBroken(true);
    },
  };
}

/** Stops when another attachment is opened. */
function usePlayer<T extends HTMLMediaElement>(sid: string) {
  const player = useRef<T>(null);
  const isOpen = openSid.value === sid;
  useEffect(() => {
    if (!isOpen) player.current?.pause();
  }, [isOpen]);
  return player;
}
