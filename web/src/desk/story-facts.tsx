import type { Story } from '../api/types.ts';
import { strings } from '../strings.ts';

const texts = strings.desk.story;
type Item = Story['items'][number];
type Facts = Readonly<Record<string, unknown>>;

/** What a moment of a story has changed, or says. */
export function StoryFacts({ item: { kind, before, after } }: { item: Item }) {
  if (kind === 'deletion') return <DeletionFacts after={after ?? {}} />;
  const text = after === null ? undefined : textOf(kind, after);
  if (text !== undefined) return <p class="hint">{text}</p>;
  const [from, to] = [stateOf(before), stateOf(after)];
  if (from === undefined || to === undefined || from === to) return null;
  return <p class="hint">{texts.change(from, to)}</p>;
}

/** How far it is, and what it deletes besides. */
function DeletionFacts({ after }: { after: Facts }) {
  const scope = texts.scopes[String(after.scope)];
  return (
    <>
      {scope !== undefined && <p class="hint">{scope}</p>}
      <dl class="story-targets">
        {(['local', 'previews', 'upstream'] as const).map((target) => (
          <div key={target}>
            <dt>{texts.targets[target]}</dt>
            <dd>{String(after[target])}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** In words; undefined for what says nothing beside its name. */
function textOf(kind: string, after: Facts): string | undefined {
  switch (kind) {
    case 'fetch': {
      const { attempts, reason } = after;
      const tries = typeof attempts === 'number' && attempts > 1 ? texts.tries(attempts) : '';
      const parts = [tries, typeof reason === 'string' ? reason : ''];
      return parts.filter((part) => part !== '').join(' · ') || undefined;
    }
    case 'verdict': {
      const labels = Array.isArray(after.labels) ? after.labels.join(', ') : '';
      return texts.verdict(actionOf(after.action), labels);
    }
    case 'bulk': {
      const outcome = after.outcome === null ? texts.todo : texts.outcomes[String(after.outcome)];
      return texts.bulk(actionOf(after.action), outcome ?? String(after.outcome));
    }
    case 'media.propose':
    case 'media.confirm': {
      const scope = texts.scopes[String(after.scope)];
      return [actionOf(after.act), scope].filter((part) => part !== undefined).join(' ');
    }
    case 'media.block':
      return actionOf(after.policy);
    case 'sender.update': {
      const names: Record<string, string> = strings.desk.senders.policies;
      const policy = String(after.policy);
      return texts.sender(names[policy] ?? policy, after.muted === true);
    }
    default:
      return undefined;
  }
}

function actionOf(action: unknown): string {
  return texts.actions[String(action)] ?? String(action);
}

function stateOf(facts: Item['before']): string | undefined {
  const { moderation } = facts ?? {};
  const names: Record<string, string> = strings.viewer.moderation;
  return typeof moderation === 'string' ? names[moderation] : undefined;
}
