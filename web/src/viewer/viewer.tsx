import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { address, go, leave } from '../address.ts';
import { onLiveEvent, onMissedEvents } from '../api/live-events.ts';
import { announce, notifyError } from '../frame/announcements.tsx';
import { IconButton } from '../frame/icons.tsx';
import { openTitle } from '../frame/page-title.ts';
import { describe, titleOf } from '../grid/tile-text.ts';
import { act, onActEnd, readWaitingActs, waitingActs } from '../moderation/acts.ts';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { ActionBar, type Actions, openDialog } from './action-bar.tsx';
import { focusTile } from './focus-tile.ts';
import { closeNarrowInfo, InfoPanel, isInfoShown } from './info-panel.tsx';
import { isOpened, openedMedia, openedOfMessage, refreshMedia } from './opened-media.ts';
import { ReportDialog } from './report-dialog.tsx';
import { ShareDialog } from './share-dialog.tsx';
import { pictureState } from './show-picture.ts';
import { createStage, edges, type Stage } from './stage.tsx';
import { useViewerKeys } from './viewer-keys.ts';
import './slide.css';
import './viewer.css';

const texts = strings.viewer;

/** One attachment, as large as the page; its neighbours are a swipe away. The address says which. */
export function Viewer({ sid }: { sid: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const stage = useRef<Stage>(null);
  const { item, gone, revealed } = openedMedia(sid).value;
  const isThere = item !== undefined && gone === undefined;
  const waiting = waitingActs.value.get(sid);

  useLayoutEffect(() => {
    const opener = document.activeElement;
    dialog.current?.focus();
    return () => focusTile(address.peek().sid ?? lastSid, opener);
  }, []);
  // Another attachment: one that can be swiped to, or any.
  useLayoutEffect(() => {
    lastSid = sid;
    openDialog.value = undefined;
    closeNarrowInfo();
    if (host.current === null || stage.current?.show(sid)) return;
    stage.current?.end();
    stage.current = createStage(host.current, sid, opened);
  }, [sid]);
  useLayoutEffect(
    () => () => {
      stage.current?.end();
      openDialog.value = undefined;
    },
    [],
  );
  useEffect(followChanges, []);
  useEffect(() => {
    if (isModerator.peek()) void readWaitingActs().catch(notifyError);
  }, []);
  // It may have changed since the list was read.
  useEffect(() => void refreshMedia(sid), [sid]);
  useEffect(() => {
    if (gone !== undefined)
      announce(gone === 'deleted' ? texts.gone.deleted : texts.gone.withdrawn);
    else if (item !== undefined) announce(describe(item));
  }, [sid, gone, item === undefined]);

  useEffect(() => {
    openTitle.value = item && titleOf(item);
  }, [item]);
  useEffect(
    () => () => {
      openTitle.value = undefined;
    },
    [],
  );

  const actions: Actions = { close, decide: (kind) => void decide(kind) };
  const move = (step: 1 | -1) => stage.current?.move(step);
  useViewerKeys(dialog, { sid, actions, move, zoom: (way) => stage.current?.zoom(way) });

  async function decide(kind: 'approve' | 'hold' | 'delete'): Promise<void> {
    const { item: current, gone: isGone } = openedMedia(sid).peek();
    if (!isModerator.peek() || current === undefined || isGone || waitingActs.peek().has(sid))
      return;
    const isDone = await act(current, kind, { onUndone: () => comeBack(sid) });
    // On to what follows, unless the reader is there already.
    if (!isDone || kind !== 'delete' || address.peek().sid !== sid) return;
    if (edges.peek().next) move(1);
    else if (edges.peek().previous) move(-1);
  }

  const { isPrepared, reason } = pictureState.value;
  return (
    <dialog
      ref={dialog}
      class={`viewer always-dark ${isInfoShown.value ? 'viewer-with-info' : ''}`}
      open
      aria-modal="true"
      aria-label={item ? describe(item) : texts.title}
      tabIndex={-1}
    >
      <div class="viewer-stage">
        <div ref={host} class="viewer-host" />
        <ActionBar item={isThere ? item : undefined} revealed={revealed} actions={actions} />
        {edges.value.previous && (
          <div class="viewer-arrow viewer-previous">
            <IconButton icon="chevronLeft" label={texts.previous} onClick={() => move(-1)} />
          </div>
        )}
        {edges.value.next && (
          <div class="viewer-arrow viewer-next">
            <IconButton icon="chevronRight" label={texts.next} onClick={() => move(1)} />
          </div>
        )}
        <p class="viewer-note" role="status">
          {waiting ? strings.acts.waiting[waiting] : isPrepared ? reason : texts.preparing}
        </p>
      </div>
      {isInfoShown.value && isThere && <InfoPanel item={item} />}
      {isThere && openDialog.value === 'share' && <ShareDialog item={item} onClose={closeDialog} />}
      {isThere && openDialog.value === 'report' && (
        <ReportDialog item={item} onClose={closeDialog} />
      )}
    </dialog>
  );
}

/** Of the viewer that is open, or was. */
let lastSid = '';

/** The reader has moved to another one. */
function opened(sid: string): void {
  if (address.peek().sid === sid || address.peek().sid === undefined) return;
  go({ ...address.peek(), sid }, 'replace');
}

/** To what a deletion has left, when that is taken back. */
function comeBack(sid: string): void {
  const here = address.peek();
  if (here.sid !== undefined && here.sid !== sid) go({ ...here, sid }, 'replace');
}

function closeDialog(): void {
  openDialog.value = undefined;
}

function close(): void {
  const { page, filter } = address.peek();
  leave({ page, filter });
}

/** Reads again what others have changed. */
function followChanges(): () => void {
  const refresh = (sid: string) => void refreshMedia(sid);
  const ends = [
    onLiveEvent(({ type, mediaSid, messageSid }) => {
      if (mediaSid !== undefined) {
        if (isOpened(mediaSid)) refresh(mediaSid);
      } else if (messageSid !== undefined && type !== 'message.received') {
        for (const sid of openedOfMessage(messageSid)) refresh(sid);
      }
    }),
    onMissedEvents(() => refresh(lastSid)),
    onActEnd((sid) => {
      if (isOpened(sid)) refresh(sid);
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}
