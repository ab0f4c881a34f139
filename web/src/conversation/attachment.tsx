import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { address } from '../address.ts';
import { api } from '../api/client.ts';
import { onBack } from '../api/live-events.ts';
import { thumbnailUrl } from '../api/thumbnail-url.ts';
import type { MediaItem } from '../api/types.ts';
import { notify, notifyError } from '../frame/announcements.tsx';
import { Icon, type IconName } from '../frame/icons.tsx';
import { PageLink } from '../frame/page-link.tsx';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { soonOf } from './times.ts';
import './attachment.css';

const texts = strings.conversation;

/** One attachment in a bubble: its picture, or a card that says why there is none. */
export function Attachment({ item }: { item: MediaItem }) {
  const [isBroken, setBroken] = useState(false);
  const { sid, state, preview, moderation } = item;
  // Without the network, or a session, all of them fail.
  useEffect(() => {
    if (isBroken) return onBack(() => setBroken(false));
  }, [isBroken]);
  if (state === 'deleted') return <Card icon="trash" title={texts.goneAttachment} />;
  const name = nameOf(item);
  const heldBack = moderation === 'visible' ? undefined : texts[moderation];
  if (state === 'pending' || state === 'failed') return <Unstored item={item} />;
  const kind = preview?.kind ?? 'none';
  const size = preview?.sizes.medium ?? preview?.sizes.small;
  const hasPicture = size !== undefined && !isBroken;
  return (
    <PageLink
      class="attachment"
      label={heldBack ? `${name}, ${heldBack}` : name}
      to={{ ...address.value, sid }}
    >
      {hasPicture ? (
        <img
          src={thumbnailUrl(item, 'small')}
          srcset={`${thumbnailUrl(item, 'small')} 1x, ${thumbnailUrl(item, 'medium')} 2x`}
          alt=""
          // Known before it is loaded: nothing moves then.
          style={shownSize(size)}
          loading="lazy"
          decoding="async"
          onError={() => setBroken(true)}
        />
      ) : (
        <Card icon={ICONS[kind]} title={name} />
      )}
      {hasPicture && (kind === 'video' || kind === 'audio') && <Badge icon={ICONS[kind]} />}
      {heldBack && <Badge icon="hold">{heldBack}</Badge>}
    </PageLink>
  );
}

const MOST_PX = { width: 320, height: 300 };

/** Within the bubble, and never enlarged. */
function shownSize({ width, height }: { width: number; height: number }) {
  const scale = Math.min(1, MOST_PX.width / width, MOST_PX.height / height);
  return { width: `${Math.round(width * scale)}px`, aspectRatio: `${width} / ${height}` };
}

const ICONS = {
  image: 'picture',
  animation: 'picture',
  video: 'play',
  audio: 'sound',
  pdf: 'document',
  contact: 'contact',
  calendar: 'calendar',
  text: 'document',
  card: 'document',
  none: 'document',
} as const satisfies Record<NonNullable<MediaItem['preview']>['kind'], IconName>;

function nameOf({ preview, fileName, contentType, details }: MediaItem): string {
  const kind = texts.types[preview?.kind ?? 'none'];
  const name = fileName ?? (preview?.kind === 'card' ? contentType : null);
  const seconds = details?.durationSeconds;
  const length = seconds === undefined ? null : strings.conversation.length(seconds);
  return [kind, name, length].filter((part) => part !== null).join(', ');
}

function Badge({ icon, children }: { icon: IconName; children?: ComponentChildren }) {
  return (
    <span class="attachment-badge">
      <Icon name={icon} />
      {children}
    </span>
  );
}

function Card(props: { icon: IconName; title: string; children?: ComponentChildren }) {
  return (
    <span class="attachment-card">
      <Icon name={props.icon} />
      <span>
        <bdi>{props.title}</bdi>
        {props.children}
      </span>
    </span>
  );
}

function Unstored({ item }: { item: MediaItem }) {
  const [isBusy, setBusy] = useState(false);
  const { sid, state, reason, nextAttemptAt, fetchedAt } = item;
  const isFailed = state === 'failed';
  const waiting = fetchedAt === null ? texts.pending : texts.beingPrepared;
  const title = isFailed ? texts.failed : waiting;

  async function retry(): Promise<void> {
    setBusy(true);
    try {
      await api.POST('/api/v1/media/{sid}/retry', { params: { path: { sid } } });
      notify({ text: texts.retrying });
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <div class={isFailed ? 'attachment-failed' : undefined}>
      <Card icon={isFailed ? 'warning' : 'clock'} title={title}>
        {reason !== null && <small dir="auto">{reason}</small>}
        {nextAttemptAt !== null && <small>{texts.nextTry(soonOf(new Date(nextAttemptAt)))}</small>}
      </Card>
      {isFailed && isModerator.value && (
        <button type="button" class="text-button" disabled={isBusy} onClick={() => void retry()}>
          {texts.retry}
        </button>
      )}
    </div>
  );
}
