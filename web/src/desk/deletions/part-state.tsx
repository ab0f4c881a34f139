import { Icon } from '../../frame/icons.tsx';
import { strings } from '../../strings.ts';

const texts = strings.desk.deletions;

/** How many targets are in each state. */
type Counts = Partial<Record<keyof typeof texts.parts, number>>;

/** How far one part of a deletion is: of all its targets the files, the previews or Twilio's copies. */
export function PartState({ counts }: { counts: Counts }) {
  const { none = 0, kept = 0, done = 0, pending = 0, retrying = 0 } = counts;
  const left = pending + retrying;
  if (left > 0) {
    const state = retrying > 0 ? 'retrying' : 'pending';
    const all = done + left;
    return (
      <span class={`part part-${state}`}>
        <Icon name={retrying > 0 ? 'retry' : 'clock'} />
        {texts.parts[state]}
        {all > 1 && <small>{texts.someDone(done, all)}</small>}
      </span>
    );
  }
  if (done > 0) {
    return (
      <span class="part part-done">
        <Icon name="check" />
        {texts.parts.done}
        {kept > 0 && <small>{`${texts.parts.kept}: ${texts.someDone(kept, kept + done)}`}</small>}
      </span>
    );
  }
  return <span class="part">{kept > 0 || none === 0 ? texts.parts.kept : texts.parts.none}</span>;
}
