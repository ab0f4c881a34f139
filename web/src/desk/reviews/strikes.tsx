import { api, bodyOf } from '../../api/client.ts';
import type { Act, ReasonCode, Sender, Strikes } from '../../api/types.ts';
import { notify } from '../../frame/announcements.tsx';
import { labelOf, reasonCodeOf } from '../../moderation/reason-codes.ts';
import { strings } from '../../strings.ts';

const texts = strings.desk.reviews;
/** So many have a consequence for the sender. */
export const THIRD = 3;
const RULE = 'system:strikes';

/** What counts against a sender; nothing while nothing does. */
export function StrikeCounts({ strikes }: { strikes: readonly Strikes[] | undefined }) {
  if (strikes === undefined || strikes.length === 0) return null;
  return (
    <ul class="panel-strikes" aria-label={texts.strikes}>
      {strikes.map(({ reasonCode, count }) => (
        <li key={reasonCode}>{texts.counts(labelOf(reasonCode), count, THIRD)}</li>
      ))}
    </ul>
  );
}

/** What is decided about a sender; undefined for nothing. */
export async function readSenderSettings(
  address: string,
  signal?: AbortSignal,
): Promise<Sender | undefined> {
  const params = { query: { address } };
  const answer = await api.GET('/api/v1/senders', { params, ...(signal && { signal }) });
  return bodyOf(answer).items[0];
}

/** Whether a sender is restricted already as strictly as a code says. */
export function isRestricted(sender: Sender | undefined, onThird: ReasonCode['onThird']): boolean {
  if (sender === undefined || onThird === 'none') return onThird === 'none';
  if (onThird === 'mute') return sender.muted;
  return sender.policy === 'refuse' || sender.policy === onThird;
}

/** Says what has followed for the sender of an attachment, if a decision about it was the third. */
export async function tellRestriction(address: string, done: Act): Promise<void> {
  const { reasonCode, createdAt } = done;
  const onThird = (reasonCode && reasonCodeOf(reasonCode)?.onThird) || 'none';
  if (reasonCode === null || onThird === 'none' || !isStrike(done.act)) return;
  // What is not told now, the page of the sender shows.
  const sender = await readSenderSettings(address).catch(() => undefined);
  // Both times are the server's.
  if (sender?.updatedBy !== RULE || sender.updatedAt < createdAt) return;
  notify({ text: texts.restricted(labelOf(reasonCode), texts.consequences[onThird]) });
}

/** Whether an act counts against the sender. */
export function isStrike(act: Act['act']): boolean {
  return act === 'quarantine' || act === 'delete';
}
