import { useEffect, useState } from 'preact/hooks';
import { leave } from '../address.ts';
import { onLiveEvent } from '../api/live-events.ts';
import { announce } from '../frame/announcements.tsx';
import { IconButton } from '../frame/icons.tsx';
import { isKeyHelpOpen } from '../frame/key-help.tsx';
import { listenForKeys } from '../frame/shortcuts.ts';
import { describe } from '../grid/tile-text.ts';
import { strings } from '../strings.ts';
import { refreshMedia } from '../viewer/opened-media.ts';
import { AgreeDialog, BlockDialog, EscalateDialog } from './ask-dialogs.tsx';
import { asking, createCommands } from './commands.ts';
import { closeMore, DecisionBar } from './decision-bar.tsx';
import { DeskStage } from './desk-stage.tsx';
import { ItemPanel } from './item-panel.tsx';
import { NothingAtHand } from './nothing-at-hand.tsx';
import type { QueueFilter, QueueName } from './queue-filter.ts';
import { QueueFilterRow } from './queue-filter-row.tsx';
import { clearReason, reasonGiven } from './reason-fields.tsx';
import { proposedByOthers } from './reviews/agree.ts';
import { OwnEscalations } from './reviews/own-escalations.tsx';
import { useTellChange } from './tell-change.ts';
import { createWork } from './work.ts';
import { WorkHead } from './work-head.tsx';
import './work-view.css';

const texts = strings.desk;

/** Works off a queue: what is claimed, what helps to decide, and the decisions. */
export function WorkView({ name, filter }: { name: QueueName; filter: QueueFilter }) {
  const [work] = useState(() => createWork(name, filter));
  const [{ all: commands, answers }] = useState(() => createCommands(name, filter, work));
  const isFiltered = Object.keys(filter).length > 0;
  const [isFilterShown, setFilterShown] = useState(isFiltered);
  const now = work.atHand.value;
  const claimed = now.state === 'claimed' ? now.claimed : undefined;
  useTellChange(claimed);

  useEffect(() => {
    void work.begin();
    return () => {
      asking.value = undefined;
      work.end();
    };
  }, []);
  useEffect(
    () =>
      listenForKeys([
        ...commands.map(({ name: command, keys, run, isOfUse, sayWhyNot }) => ({
          keys,
          label: texts.acts[command],
          run: () => {
            if (isOfUse()) run();
            else sayWhyNot?.();
          },
          isOfUse,
        })),
        { keys: ['f'], label: strings.find.filter, run: () => setFilterShown((was) => !was) },
        { keys: ['Escape'], label: texts.back, run: closeMenuOrLeave },
      ]),
    [],
  );
  useEffect(() => {
    if (claimed === undefined) return;
    clearReason();
    announce(describe(claimed.media));
    const stop = onLiveEvent(({ mediaSid }) => {
      if (mediaSid === claimed.mediaSid) void refreshMedia(mediaSid);
    });
    return () => {
      stop();
      // What is asked is about this one.
      asking.value = undefined;
      // It names the sender, of whom nothing may be left.
      announce('');
    };
  }, [claimed]);

  return (
    <main id="content" class="work" tabIndex={-1} aria-label={texts.queues[name]}>
      <WorkHead
        name={name}
        at={claimed?.id}
        isFilterShown={isFilterShown}
        isFiltered={isFiltered}
        onFilter={() => setFilterShown(!isFilterShown)}
        onBack={toQueues}
      >
        <span class="work-keys">
          <IconButton
            icon="keyboard"
            label={strings.header.keys}
            onClick={() => {
              isKeyHelpOpen.value = true;
            }}
          />
        </span>
      </WorkHead>
      {isFilterShown && <QueueFilterRow name={name} filter={filter} />}
      {claimed === undefined ? (
        <NothingAtHand
          name={name}
          isFiltered={isFiltered}
          now={now}
          onNext={() => void work.begin()}
        />
      ) : (
        <DeskStage sid={claimed.mediaSid} />
      )}
      <aside class="desk-panel" aria-label={strings.viewer.info}>
        {claimed && <ItemPanel key={claimed.id} claimed={claimed} />}
        {now.state === 'empty' && name === 'escalated' && <OwnEscalations />}
      </aside>
      <DecisionBar commands={commands} claimed={claimed} />
      {asking.value === 'escalate' && (
        <EscalateDialog
          reason={reasonGiven().reason ?? ''}
          onEscalate={answers.escalate}
          onClose={closeDialog}
        />
      )}
      {asking.value === 'agree' && claimed && (
        <AgreeDialog
          proposals={proposedByOthers(claimed)}
          onAgree={answers.agree}
          onClose={closeDialog}
        />
      )}
      {asking.value === 'blockPicture' && claimed && (
        <BlockDialog item={claimed.media} onBlock={answers.blockPicture} onClose={closeDialog} />
      )}
    </main>
  );
}

/** Escape closes what is open, first. */
function closeMenuOrLeave(): void {
  if (!closeMore()) toQueues();
}

function toQueues(): void {
  leave({ page: 'desk', filter: {} });
}

function closeDialog(): void {
  asking.value = undefined;
}
