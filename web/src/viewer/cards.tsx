import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../api/client.ts';
import type { MediaItem, MediaLinks } from '../api/types.ts';
import { notifyError } from '../frame/announcements.tsx';
import { Icon, type IconName } from '../frame/icons.tsx';
import { describe } from '../grid/tile-text.ts';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { formatSize, formatTime } from './format-facts.ts';
import { sourcesOf } from './media-sources.ts';
import { type OpenedMedia, refreshMedia, revealCopy, revealMedia } from './opened-media.ts';

const texts = strings.viewer;

/** Of one attachment, where there is no picture to show. */
export interface Shown {
  item: MediaItem;
  /** Links of one that is held back and was revealed. */
  revealed: MediaLinks | undefined;
}

/** In the middle of a slide. */
export function Card({
  icon,
  title,
  children,
}: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
}) {
  return (
    <div class="slide-middle">
      <div class="slide-card">
        <Icon name={icon} />
        <h2 dir="auto">{title}</h2>
        {children}
      </div>
    </div>
  );
}

/** What cannot be shown: its type, size, and why. */
export function FileCard({ item, revealed }: Shown) {
  const { fileName, contentType, byteSize, preview } = item;
  return (
    <Card icon="document" title={fileName ?? texts.forms.file}>
      <p class="hint">
        {contentType}
        {byteSize !== null && ` · ${formatSize(byteSize)}`}
      </p>
      {preview?.reason && <p>{preview.reason}</p>}
      <SaveLink item={item} revealed={revealed} label={texts.save} />
    </Card>
  );
}

/** Saves the original. */
export function SaveLink({ item, revealed, label }: Shown & { label: string }) {
  const { content } = sourcesOf(item, revealed);
  return (
    <a class="primary-button button-link" href={content} download={item.fileName ?? ''}>
      {label}
    </a>
  );
}

/** One that is gone, here or for everybody. */
export function GoneCard({ gone, wasShown }: { gone: 'deleted' | 'hidden'; wasShown: boolean }) {
  const hidden = wasShown ? texts.gone.withdrawn : texts.gone.unknown;
  return (
    <Card
      icon={gone === 'deleted' ? 'trash' : 'warning'}
      title={gone === 'deleted' ? texts.gone.deleted : hidden}
    />
  );
}

export function ProblemCard({
  sid,
  problem,
}: {
  sid: string;
  problem: NonNullable<OpenedMedia['problem']>;
}) {
  return (
    <Card icon="warning" title={strings.errors.title}>
      <p role="alert">{problem.message}</p>
      <button type="button" class="primary-button" onClick={() => void refreshMedia(sid)}>
        {strings.start.retry}
      </button>
    </Card>
  );
}

/** One whose bytes are not here (yet): why, and when it is tried again. */
export function UnfinishedCard({ item, canRetry }: { item: MediaItem; canRetry: boolean }) {
  const [isBusy, setBusy] = useState(false);
  const { sid, state, reason, nextAttemptAt, declaredContentType } = item;
  const isFailed = state === 'failed';

  async function retry(): Promise<void> {
    setBusy(true);
    try {
      await api.POST('/api/v1/media/{sid}/retry', { params: { path: { sid } } });
      await refreshMedia(sid);
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  }

  return (
    <Card icon={isFailed ? 'warning' : 'clock'} title={isFailed ? texts.failed : texts.pending}>
      {declaredContentType && <p class="hint">{declaredContentType}</p>}
      {reason && <p dir="auto">{reason}</p>}
      {nextAttemptAt && (
        <p class="hint">
          {texts.nextTry} <time dateTime={nextAttemptAt}>{formatTime(nextAttemptAt)}</time>
        </p>
      )}
      {isFailed && canRetry && (
        <button type="button" class="primary-button" disabled={isBusy} onClick={() => void retry()}>
          {strings.start.retry}
        </button>
      )}
    </Card>
  );
}

/** One that is held back: blurred until the moderator asks to see it. */
export function HeldCard({ item }: { item: MediaItem }) {
  const { sid, moderation } = item;
  const { thumbnail } = sourcesOf(item);
  useEffect(() => void revealCopy(sid), [sid]);
  return (
    <div class="slide-middle">
      <img class="slide-blur" src={thumbnail('large')} alt={describe(item)} />
      <div class="slide-card slide-over">
        <h2>{texts.moderation[moderation]}</h2>
        {isModerator.value && (
          <>
            <p class="hint">{texts.revealIsRecorded}</p>
            <button
              type="button"
              class="primary-button"
              onClick={() => void revealMedia(sid).catch(notifyError)}
            >
              {texts.reveal}
            </button>
          </>
        )}
      </div>
    </div>
  );
}
