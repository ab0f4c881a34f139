import { api, bodyOf } from '../api/client.ts';
import type { MediaItem, Sender } from '../api/types.ts';
import { notify } from '../frame/announcements.tsx';
import type { Reason } from '../moderation/acts.ts';
import { offerUndo } from '../moderation/undo.ts';
import { strings } from '../strings.ts';

// What concerns what comes later. It applies at once: the API has no delay for it.

const texts = strings.desk.blocks;
const UNDO_MS = 8000;

/**
 * Fetches nothing of a sender any more.
 *
 * @returns puts back how the sender was handled before
 * @throws ApiProblem
 */
export async function blockSender(address: string, why: Reason): Promise<() => Promise<void>> {
  const before = await policyOf(address);
  await setPolicy(address, 'refuse', why);
  return () => setPolicy(address, before);
}

/**
 * The same, and offers to take it back.
 *
 * @throws ApiProblem
 */
export async function blockSenderUndoably(address: string, why: Reason): Promise<void> {
  const unblock = await blockSender(address, why);
  offerUndo({ text: texts.sender, forMs: UNDO_MS, run: () => undoBlock(unblock) });
}

/** Says what came of it. */
export async function undoBlock(unblock: () => Promise<void>): Promise<void> {
  try {
    await unblock();
    notify({ text: texts.senderUndone });
  } catch (error) {
    const again = { label: strings.acts.undo, run: () => void undoBlock(unblock) };
    notify({ text: (error as Error).message, tone: 'error', action: again });
  }
}

/**
 * Blocks what an attachment shows: copies that arrive from now on. It does not decide about the attachment.
 *
 * @throws ApiProblem
 */
export async function blockPicture(
  { sid }: MediaItem,
  policy: 'quarantine' | 'delete',
  why: Reason,
): Promise<void> {
  const params = { path: { sid } };
  const answer = await api.POST('/api/v1/media/{sid}/block', { params, body: { policy, ...why } });
  const blocked = bodyOf(answer);
  if ('proposal' in blocked) notify({ text: texts.pictureProposed });
  else notify({ text: blocked.added + blocked.raised > 0 ? texts.picture : texts.pictureKnown });
}

async function policyOf(address: string): Promise<Sender['policy']> {
  const params = { query: { address } };
  return bodyOf(await api.GET('/api/v1/senders', { params })).items[0]?.policy ?? 'none';
}

async function setPolicy(address: string, policy: Sender['policy'], why?: Reason): Promise<void> {
  await api.PUT('/api/v1/senders', { body: { address, policy, ...why } });
}
