import { useEffect, useState } from 'preact/hooks';
import { api, bodyOf } from '../api/client.ts';
import { onLiveEvent } from '../api/live-events.ts';
import type { MediaItem } from '../api/types.ts';
import { Icon, type IconName } from '../frame/icons.tsx';
import { act, onActEnd, waitingActs } from '../moderation/acts.ts';
import { strings } from '../strings.ts';
import { clearReason, ReasonFields, reasonGiven } from './reason-fields.tsx';

const texts = strings.desk.story;
const DECISIONS = [
  { kind: 'approve', icon: 'approve', state: 'visible' },
  { kind: 'hold', icon: 'hold', state: 'held' },
  { kind: 'quarantine', icon: 'shield', state: 'quarantined' },
] as const satisfies { kind: string; icon: IconName; state: string }[];

/** Decides anew about an attachment that was decided about, with a reason: after an appeal, or a mistake. */
export function DecideOtherwise({ sid }: { sid: string }) {
  const [isBusy, setBusy] = useState(false);
  const [item, setItem] = useState<MediaItem>();
  useEffect(() => {
    const params = { path: { sid } };
    const read = () => {
      // The story says what is wrong.
      api.GET('/api/v1/media/{sid}', { params }).then(
        (answer) => setItem(bodyOf(answer)),
        () => setItem(undefined),
      );
    };
    read();
    const ends = [
      onLiveEvent(({ type, mediaSid }) => {
        if (mediaSid !== sid) return;
        if (type === 'media.deleted') setItem(undefined);
        else read();
      }),
      onActEnd((mediaSid) => {
        if (mediaSid === sid) read();
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [sid]);
  const waiting = waitingActs.value.get(sid);

  async function decide(kind: (typeof DECISIONS)[number]['kind']): Promise<void> {
    if (item === undefined) return;
    setBusy(true);
    if (await act(item, kind, { why: reasonGiven() })) clearReason();
    setBusy(false);
  }

  return (
    <section class="decide-otherwise" aria-label={texts.decide}>
      <h2>{texts.decide}</h2>
      <p>
        <strong>{item === undefined ? '…' : strings.viewer.moderation[item.moderation]}</strong>
        {item?.decision && <span class="hint"> {texts.by(item.decision.by)}</span>}
        {waiting && <span class="hint"> · {strings.acts.waiting[waiting]}</span>}
      </p>
      <p class="hint">{texts.decideHelp}</p>
      <ReasonFields />
      <div class="decide-otherwise-acts">
        {DECISIONS.map(({ kind, icon, state }) => (
          <button
            key={kind}
            type="button"
            class={`command command-${kind}`}
            disabled={
              isBusy || waiting !== undefined || item === undefined || item.moderation === state
            }
            onClick={() => void decide(kind)}
          >
            <Icon name={icon} />
            <span>{strings.desk.acts[kind]}</span>
          </button>
        ))}
      </div>
    </section>
  );
}
