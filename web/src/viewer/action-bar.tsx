import { signal } from '@preact/signals';
import { ApiProblem } from '../api/api-problem.ts';
import { send } from '../api/client.ts';
import { connection } from '../api/live-events.ts';
import type { MediaItem, MediaLinks } from '../api/types.ts';
import { notify, notifyError } from '../frame/announcements.tsx';
import { Icon, IconButton } from '../frame/icons.tsx';
import { waitingActs } from '../moderation/acts.ts';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { copyText } from './copy-button.tsx';
import { formatSize } from './format-facts.ts';
import { isInfoShown, toggleInfo } from './info-panel.tsx';
import { sourcesOf } from './media-sources.ts';

const texts = strings.viewer;

/** The dialog in front of the attachment: for a link to share outside, or to report it. */
export const openDialog = signal<'share' | 'report' | undefined>(undefined);

/** What can be done with the attachment that is open. */
export interface Actions {
  close(): void;
  decide(kind: 'approve' | 'hold' | 'delete'): void;
}

/** @param item undefined: it is gone, or was not read yet */
export function ActionBar({
  item,
  revealed,
  actions,
}: {
  item: MediaItem | undefined;
  revealed: MediaLinks | undefined;
  actions: Actions;
}) {
  return (
    <>
      <div class="viewer-bar">
        <IconButton icon="chevronLeft" label={texts.close} onClick={actions.close} />
        {connection.value === 'lost' && (
          <p class="viewer-lost" role="status">
            {strings.connection.lost}
          </p>
        )}
        <span class="viewer-space" />
        {item && (
          <IconButton
            icon="info"
            label={texts.info}
            pressed={isInfoShown.value}
            onClick={toggleInfo}
          />
        )}
      </div>
      {item && (
        <div class="viewer-acts" role="toolbar" aria-label={texts.acts}>
          {item.state === 'stored' && <Download item={item} revealed={revealed} />}
          <IconButton icon="link" label={texts.copyPageLink} onClick={copyPageLink} />
          {item.state === 'stored' && item.moderation === 'visible' && (
            <IconButton
              icon="share"
              label={texts.share}
              onClick={() => {
                openDialog.value = 'share';
              }}
            />
          )}
          <IconButton icon="flag" label={texts.report} onClick={openReport} />
          {isModerator.value && <Decisions item={item} actions={actions} />}
        </div>
      )}
    </>
  );
}

function Decisions({ item, actions }: { item: MediaItem; actions: Actions }) {
  const isWaiting = waitingActs.value.has(item.sid);
  const [kind, icon] =
    item.moderation === 'visible' ? (['hold', 'hold'] as const) : (['approve', 'approve'] as const);
  return (
    <>
      <IconButton
        icon={icon}
        label={texts.decide[kind]}
        disabled={isWaiting}
        onClick={() => actions.decide(kind)}
      />
      <IconButton
        icon="trash"
        label={texts.decide.delete}
        disabled={isWaiting}
        onClick={() => actions.decide('delete')}
      />
    </>
  );
}

function Download({ item, revealed }: { item: MediaItem; revealed: MediaLinks | undefined }) {
  const { content } = sourcesOf(item, revealed);
  const name = item.fileName ?? '';
  const isHeld = item.moderation !== 'visible';
  // Of one that is held back only after it was revealed.
  if (isHeld && revealed === undefined) return null;
  return (
    <details
      class="menu"
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget as Node | null)) currentTarget.open = false;
      }}
    >
      <summary class="icon-button" aria-label={texts.download} title={texts.download}>
        <Icon name="download" />
      </summary>
      <div class="menu-content">
        <a href={content} download={name} data-download>
          {texts.original}
          {item.byteSize !== null && <small>{formatSize(item.byteSize)}</small>}
        </a>
        {!isHeld && (
          <button
            type="button"
            onClick={() => void downloadStripped(`${content}?metadata=strip`, name)}
          >
            {texts.withoutMetadata}
            <small>{texts.withoutMetadataHelp}</small>
          </button>
        )}
      </div>
    </details>
  );
}

/** Saves it, or says why that is not possible: not of every type can the metadata be removed. */
async function downloadStripped(url: string, name: string): Promise<void> {
  try {
    await send(new Request(url, { method: 'HEAD' }));
  } catch (error) {
    // The answer to a HEAD has no words.
    const isImpossible = error instanceof ApiProblem && error.status === 409;
    if (isImpossible) notify({ text: texts.notStripped, tone: 'error' });
    else notifyError(error);
    return;
  }
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
}

export function openReport(): void {
  openDialog.value = 'report';
}

export function copyPageLink(): void {
  copyText(location.origin + location.pathname)
    .then(() => notify({ text: texts.pageLinkCopied }))
    .catch(notifyError);
}
