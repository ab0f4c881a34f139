import { signal } from '@preact/signals';
import type { MediaItem, Proposal } from '../api/types.ts';
import { askBulk } from '../bulk/asked-bulk.tsx';
import { notifyError } from '../frame/announcements.tsx';
import type { IconName } from '../frame/icons.tsx';
import { kindOf } from '../grid/tile-text.ts';
import { type Block, blockPicture, blockSender } from '../moderation/acts.ts';
import { canUndo, sayTooLate, undoLatest } from '../moderation/undo.ts';
import { strings } from '../strings.ts';
import { openedMedia } from '../viewer/opened-media.ts';
import { reveal } from './desk-stage.tsx';
import type { QueueFilter, QueueName } from './queue-filter.ts';
import { focusReason, reasonGiven } from './reason-fields.tsx';
import { blocksAsProposed, deleteAsProposed, proposedByOthers } from './reviews/agree.ts';
import type { Work } from './work.ts';

const texts = strings.desk.acts;

/** Something that can be done with the attachment at hand, by a key or a button. */
export interface Command {
  name: keyof typeof texts;
  keys: string[];
  icon: IconName;
  run(): void;
  isOfUse(): boolean;
  /** What its button says, where that depends on what is shown. */
  text?(): string;
  /** Of its key, when it is of no use. */
  sayWhyNot?(): void;
}

/** Which dialog asks for more. */
export const asking = signal<'escalate' | 'blockPicture' | 'agree'>();

/** What is asked of a dialog when it is answered. */
export interface Answers {
  escalate(reason: string): void;
  blockPicture(copies: Block): void;
  /** To what others have proposed, a block of the picture among it. */
  agree(): void;
}

/** Also audio, text and files can be blocked. */
export function blockText(item: MediaItem | undefined): string {
  return item === undefined || isPicture(item) ? texts.blockPicture : strings.desk.blocks.file;
}

export function isPicture(item: MediaItem): boolean {
  return ['picture', 'animation'].includes(kindOf(item));
}

export function createCommands(
  queue: QueueName,
  filter: QueueFilter,
  work: Work,
): { all: Command[]; answers: Answers } {
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

  /** What others have proposed to do with it. */
  function proposals(): Proposal[] {
    const now = work.atHand.value;
    return now.state === 'claimed' && isThere() ? proposedByOthers(now.claimed) : [];
  }

  const isProposed = (act: Proposal['act']) => proposals().some((one) => one.act === act);

  /** The block of a picture is asked about first. */
  function agree(): void {
    if (isProposed('block')) asking.value = 'agree';
    else void agreeToAll();
  }

  async function agreeToAll(): Promise<void> {
    const all = proposals();
    const blocks = all.filter(({ act }) => act !== 'delete');
    const removal = all.find(({ act }) => act === 'delete');
    if (removal !== undefined) {
      const before = () => blocksAsProposed(blocks);
      await work.decide('delete', { ...deleteAsProposed(removal), before });
    } else if (isProposed('block-sender')) {
      // It stays at hand while that can be taken back.
      const sid = item()?.sid;
      const goOn = () => void (item()?.sid === sid && work.begin());
      await blocksAsProposed(blocks, goOn).catch(notifyError);
    } else {
      await work.settle(() => blocksAsProposed(blocks));
    }
  }

  const all: Command[] = [
    {
      name: 'agree',
      keys: ['y'],
      icon: 'check',
      isOfUse: () => proposals().length > 0,
      run: agree,
    },
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
    {
      name: 'undo',
      keys: ['u'],
      icon: 'undo',
      isOfUse: canUndo,
      run: () => void undoLatest(),
      sayWhyNot: sayTooLate,
    },
    {
      name: 'deleteAndBlock',
      keys: ['w'],
      icon: 'trash',
      isOfUse: hasSender,
      run: () => void work.decide('delete', { why: reasonGiven(), blockSender: true }),
    },
    {
      name: 'blockPicture',
      keys: ['p'],
      icon: 'picture',
      isOfUse: isStored,
      text: () => blockText(item()),
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
        const sid = item()?.sid;
        if (sid !== undefined)
          void blockSender(sid, { why: reasonGiven(), proposals: proposals() });
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
    {
      name: 'decideAll',
      keys: ['*'],
      icon: 'layers',
      isOfUse: () => true,
      run: () => askBulk({ selection: { kind: 'queue', name: queue, filter } }),
    },
    { name: 'reason', keys: ['c'], icon: 'document', isOfUse: isThere, run: focusReason },
  ];
  return {
    all,
    answers: {
      escalate: (reason) => void work.escalate(reason),
      agree: () => void agreeToAll(),
      blockPicture(copies) {
        const sid = item()?.sid;
        if (sid !== undefined) {
          void blockPicture(sid, copies, { why: reasonGiven(), proposals: proposals() });
        }
      },
    },
  };
}
