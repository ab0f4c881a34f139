import { api, bodyOf } from '../api/client.ts';
import type { Story as StoryOf } from '../api/types.ts';
import { strings } from '../strings.ts';
import { formatLongTime } from '../viewer/format-facts.ts';
import { useSource } from '../viewer/use-source.ts';
import { ReasonText } from './reason-text.tsx';
import './story.css';

const texts = strings.desk.story;
type Item = StoryOf['items'][number];

/** Everything that happened to an attachment, oldest first; also of one that was deleted. */
export function Story({ sid }: { sid: string }) {
  const { value, reason } = useSource(sid, ({ signal }) =>
    api.GET('/api/v1/media/{sid}/story', { params: { path: { sid } }, signal }).then(bodyOf),
  );
  if (reason !== undefined) return <p class="problem">{reason}</p>;
  if (value === undefined) return <p class="hint">{strings.viewer.loading}</p>;
  return (
    <>
      {!value.isComplete && <p class="hint">{texts.isCut}</p>}
      <ol class="story">
        {value.items.map((item, index) => (
          // Nothing else tells two of one moment apart, and they stay in this order.
          <Moment key={`${index} ${item.kind}`} item={item} />
        ))}
      </ol>
    </>
  );
}

function Moment({ item }: { item: Item }) {
  const { at, kind, by, reasonCode, reason, text } = item;
  return (
    <li class={`story-moment ${by?.startsWith('system:') ? 'story-rule' : ''}`}>
      <p>
        <strong>{texts.kinds[kind] ?? kind}</strong>
        {by !== null && <span dir="auto"> {texts.by(by)}</span>}
      </p>
      <time dateTime={at}>{formatLongTime(at)}</time>
      <ReasonText code={reasonCode} text={reason} />
      {text !== null && <p dir="auto">{text}</p>}
      <Change item={item} />
    </li>
  );
}

/** What it changed: the state, or how far a deletion is. */
function Change({ item: { kind, before, after } }: { item: Item }) {
  if (kind === 'deletion') {
    return (
      <dl class="story-targets">
        {(['local', 'previews', 'upstream'] as const).map((target) => (
          <div key={target}>
            <dt>{texts.targets[target]}</dt>
            <dd>{String(after?.[target])}</dd>
          </div>
        ))}
      </dl>
    );
  }
  const [from, to] = [stateOf(before), stateOf(after)];
  if (from === undefined || to === undefined || from === to) return null;
  return <p class="hint">{texts.change(from, to)}</p>;
}

function stateOf(facts: Item['before']): string | undefined {
  const { moderation } = facts ?? {};
  const names: Record<string, string> = strings.viewer.moderation;
  return typeof moderation === 'string' ? names[moderation] : undefined;
}
