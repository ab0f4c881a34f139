import { signal } from '@preact/signals';
import type { MediaItem } from '../api/types.ts';
import { notifyError } from '../frame/announcements.tsx';
import type { IconName } from '../frame/icons.tsx';
import { canUndo, undoLatest } from '../moderation/undo.ts';
import { strings } from '../strings.ts';
import { openedMedia } from '../viewer/opened-media.ts';
import { blockPicture, blockSender, blockSenderUndoably, undoBlock } from './block.ts';
import { reveal } from './desk-stage.tsx';
import type { QueueName } from './queue-filter.ts';
import { focusReason, reasonGiven } from './reason-fields.tsx';
import type { Work } from './work.ts';

const texts = strings.desk.acts;

/** Something that can be done with the attachment at hand, by a key or a button. */
export interface Command {
  name: keyof typeof texts;
  keys: string[];
  icon: IconName;
  run(): void;
  isOfUse(): boolean;
}

/** Which dialog asks for more. */
export const asking = signal<'escalate' | 'blockPicture'>();

/** What is asked of a dialog when it is answered. */
export interface Answers {
  escalate(reason: string): void;
  blockPicture(policy: 'quarantine' | 'delete'): void;
}

export function createCommands(queue: QueueName, work: Work): { all: Command[]; answers: Answers } {
  /** What is decided about; undefined while there is nothing, or it is gone. */
  function item(): MediaItem | undefined {
    const now = work.atHand.value;
    if (now.state !== 'claimed') return undefined;
    const { gone, item: known = now.claimed.media } = openedMedia(now.claimed.mediaSid).value;
    return gone === undefined ? known : undefined;
  }

  const isThere = () => item() !== undefined;
  const isStored = () => item()?.state === 'stored';
  const hasSender = () => Boolean(item()?.from);

  const decision = (
    name: 'approve' | 'hold' | 'quarantine' | 'delete',
    keys: string[],
    icon: IconName,
    isOfUse: () => boolean,
  ): Command => ({
    name,
    keys,
    icon,
    isOfUse,
    run: () => void work.decide(name, { why: reasonGiven() }),
  });

  /** Would change nothing: it stays in the queue. */
  const canHold = () =>
    isStored() && queue !== 'failed' && !(queue === 'held' && item()?.moderation === 'held');

  /** Blocks only whose attachment is deleted: somebody else may have decided meanwhile. */
  function deleteAndBlock(): void {
    const address = item()?.from;
    if (!address) return;
    const why = reasonGiven();
    let blocking: ReturnType<typeof blockSender> | undefined;
    void work.decide('delete', {
      why,
      onDecided: () => {
        blocking = blockSender(address, why);
        blocking.catch(notifyError);
      },
      // One that has failed has nothing to take back.
      onUndone: () => void blocking?.then(undoBlock, () => undefined),
    });
  }

  const all: Command[] = [
    decision('approve', ['a'], 'approve', () => isThere() && queue !== 'failed'),
    decision('hold', ['h'], 'hold', canHold),
    decision('quarantine', ['q'], 'shield', isThere),
    decision('delete', ['Delete', 'Backspace'], 'trash', isThere),
    { name: 'skip', keys: ['s'], icon: 'skip', isOfUse: isThere, run: () => void work.skip() },
    {
      name: 'escalate',
      keys: ['e'],
      icon: 'escalate',
      isOfUse: isThere,
      run: () => {
        asking.value = 'escalate';
      },
    },
    {
      name: 'next',
      keys: ['n', 'ArrowRight'],
      icon: 'chevronRight',
      isOfUse: () => work.atHand.value.state !== 'starting',
      run: () => void (work.atHand.peek().state === 'claimed' ? work.pass() : work.begin()),
    },
    { name: 'undo', keys: ['u'], icon: 'undo', isOfUse: canUndo, run: undoLatest },
    {
      name: 'deleteAndBlock',
      keys: ['x'],
      icon: 'trash',
      isOfUse: hasSender,
      run: deleteAndBlock,
    },
    {
      name: 'blockPicture',
      keys: ['p'],
      icon: 'picture',
      isOfUse: isStored,
      run: () => {
        asking.value = 'blockPicture';
      },
    },
    {
      name: 'blockSender',
      keys: ['b'],
      icon: 'block',
      isOfUse: hasSender,
      run: () => {
        const address = item()?.from;
        if (address) void blockSenderUndoably(address, reasonGiven()).catch(notifyError);
      },
    },
    {
      name: 'reveal',
      keys: ['r'],
      icon: 'eye',
      isOfUse: isStored,
      run: () => {
        const sid = item()?.sid;
        if (sid !== undefined) void reveal(sid);
      },
    },
    { name: 'reason', keys: ['c'], icon: 'document', isOfUse: isThere, run: focusReason },
  ];
  return {
    all,
    answers: {
      escalate: (reason) => void work.escalate(reason),
      blockPicture(policy) {
        const media = item();
        if (media) void blockPicture(media, policy, reasonGiven()).catch(notifyError);
      },
    },
  };
}
