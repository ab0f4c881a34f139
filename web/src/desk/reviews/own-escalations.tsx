import { api, bodyOf } from '../../api/client.ts';
import type { QueueItem } from '../../api/types.ts';
import { PageLink } from '../../frame/page-link.tsx';
import { describe } from '../../grid/tile-text.ts';
import { labelOf } from '../../moderation/reason-codes.ts';
import { caller } from '../../session/session.ts';
import { strings } from '../../strings.ts';
import { useSource } from '../../viewer/use-source.ts';
import { Section } from '../panel-section.tsx';
import { agoText } from '../waiting-time.ts';
import { proposedText } from './proposal-facts.tsx';

const texts = strings.desk.reviews;

/** What the reader has escalated or proposed, and others decide. */
export function OwnEscalations() {
  const { value = [] } = useSource('own', ({ signal }) => readOwn(signal));
  if (value.length === 0) return null;
  return (
    <Section title={texts.waitsForOthers(value.length)}>
      <ul class="own-escalations">
        {value.map(({ media, escalation }) => (
          <li key={media.sid}>
            <PageLink to={{ page: 'desk', filter: {}, story: media.sid }}>
              {describe(media)}
            </PageLink>
            {escalation && saidOf(escalation).map((text) => <small key={text}>{text}</small>)}
          </li>
        ))}
      </ul>
    </Section>
  );
}

function saidOf({ at, proposals }: NonNullable<QueueItem['escalation']>): string[] {
  const own = proposals.filter(({ by }) => by === caller.peek()?.name);
  if (own.length === 0) return [texts.escalatedByYou(agoText(at))];
  return own.map((proposal) =>
    texts.proposedByYou(proposedText(proposal), labelOf(proposal.reasonCode), agoText(proposal.at)),
  );
}

async function readOwn(signal: AbortSignal): Promise<QueueItem[]> {
  const name = caller.peek()?.name;
  const params = { path: { name: 'escalated' }, query: { limit: 200 } } as const;
  const answer = await api.GET('/api/v1/queues/{name}/items', { params, signal });
  return bodyOf(answer).items.filter(
    ({ escalation }) =>
      escalation?.by === name || escalation?.proposals.some(({ by }) => by === name),
  );
}
