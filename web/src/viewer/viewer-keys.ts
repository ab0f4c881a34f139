import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { notifyError } from '../frame/announcements.tsx';
import { isKeyHelpOpen } from '../frame/key-help.tsx';
import { listenForKeys, type Shortcut } from '../frame/shortcuts.ts';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { type Actions, copyPageLink, openReport } from './action-bar.tsx';
import { toggleInfo } from './info-panel.tsx';
import { type Form, formOf } from './media-form.ts';
import { openedMedia, revealMedia } from './opened-media.ts';
import { edges } from './stage.tsx';

interface Viewer {
  sid: string;
  actions: Actions;
  move(step: 1 | -1): void;
  zoom(way: 1 | -1 | 0): void;
}

/** The keys of the viewer; those of the page behind it do nothing meanwhile. */
export function useViewerKeys(dialog: RefObject<HTMLDialogElement | null>, viewer: Viewer): void {
  // What is open changes; the keys stay.
  const current = useRef(viewer);
  current.current = viewer;
  useEffect(() => {
    const own = shortcutsOf(() => current.current, dialog);
    return listenForKeys(own, { isModal: true, within: () => dialog.current });
  }, []);
}

function shortcutsOf(
  viewer: () => Viewer,
  dialog: RefObject<HTMLDialogElement | null>,
): Shortcut[] {
  const { keys } = strings.viewer;
  const isShown = (...forms: Form[]) => {
    const form = shownForm(viewer().sid);
    return form !== undefined && (forms.length === 0 || forms.includes(form));
  };
  const isZoomed = () => isShown('picture');
  const isVisible = () => openedMedia(viewer().sid).peek().item?.moderation === 'visible';
  const everybody: Shortcut[] = [
    {
      keys: ['ArrowLeft'],
      label: keys.previous,
      run: () => viewer().move(-1),
      isOfUse: () => edges.peek().previous,
    },
    {
      keys: ['ArrowRight'],
      label: keys.next,
      run: () => viewer().move(1),
      isOfUse: () => edges.peek().next,
    },
    {
      keys: ['Escape'],
      label: keys.close,
      run: () => closeFront(dialog.current, viewer().actions),
    },
    { keys: ['i'], label: keys.info, run: toggleInfo, isOfUse: () => isShown() },
    {
      keys: ['d'],
      label: keys.download,
      run: () => dialog.current?.querySelector<HTMLElement>('[data-download]')?.click(),
      isOfUse: () => isShown() && !isShown('held', 'pending', 'failed'),
    },
    { keys: ['l'], label: keys.link, run: copyPageLink },
    {
      keys: ['!'],
      label: keys.report,
      run: () => {
        if (isShown()) openReport();
      },
      isOfUse: () => isShown(),
    },
    {
      keys: ['Space'],
      label: keys.play,
      run: () => playOrPause(dialog.current),
      isOfUse: () => isShown('video', 'audio'),
    },
    { keys: ['+', '='], label: keys.zoomIn, run: () => viewer().zoom(1), isOfUse: isZoomed },
    { keys: ['-'], label: keys.zoomOut, run: () => viewer().zoom(-1), isOfUse: isZoomed },
    { keys: ['0'], label: keys.zoomReset, run: () => viewer().zoom(0), isOfUse: isZoomed },
    {
      keys: ['?'],
      label: strings.header.keys,
      run: () => {
        isKeyHelpOpen.value = true;
      },
    },
  ];
  if (!isModerator.peek()) return everybody;
  return [
    ...everybody,
    {
      keys: ['Delete'],
      label: keys.delete,
      run: () => viewer().actions.decide('delete'),
      isOfUse: () => isShown(),
    },
    {
      keys: ['h'],
      label: keys.hold,
      run: () => viewer().actions.decide('hold'),
      isOfUse: () => isShown() && isVisible(),
    },
    {
      keys: ['a'],
      label: keys.approve,
      run: () => viewer().actions.decide('approve'),
      isOfUse: () => isShown() && !isVisible(),
    },
    {
      keys: ['r'],
      label: keys.reveal,
      run: () => reveal(viewer().sid),
      isOfUse: () => isShown('held'),
    },
  ];
}

/** A menu that is open is closed first. */
function closeFront(dialog: HTMLDialogElement | null, actions: Actions): void {
  const menu = dialog?.querySelector<HTMLDetailsElement>('details.menu[open]');
  if (!menu) {
    actions.close();
    return;
  }
  menu.open = false;
  menu.querySelector('summary')?.focus();
}

function playOrPause(dialog: HTMLDialogElement | null): void {
  const open = dialog?.querySelector('[aria-hidden="false"] :is(video, audio)');
  if (!(open instanceof HTMLMediaElement)) return;
  if (open.paused) void open.play().catch(notifyError);
  else open.pause();
}

/** How it is shown; undefined: it is gone, or was not read yet. */
function shownForm(sid: string): Form | undefined {
  const { item, gone, revealed } = openedMedia(sid).peek();
  return item === undefined || gone !== undefined ? undefined : formOf(item, !!revealed);
}

function reveal(sid: string): void {
  if (shownForm(sid) === 'held') void revealMedia(sid).catch(notifyError);
}
