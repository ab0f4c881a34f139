import type { ReconciliationItem } from '../../src/reconciliation/reconciliation-operations.ts';
import type { SimulatedAttachment } from '../../src/simulator/simulated-message.ts';
import { eventually, type TestInbox } from './test-inbox.ts';

export const RECONCILIATIONS = '/api/v1/reconciliations';
export const HOUR_MS = 3_600_000;

export const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS);

let notes = 0;

/** A small text file, different each time. */
export function note(): SimulatedAttachment {
  notes += 1;
  return { bytes: Buffer.from(`note ${notes}`), contentType: 'text/plain' };
}

/** Requests a reconciliation, by default of the last day, and waits until it has ended. */
export async function reconcile(
  inbox: TestInbox,
  request: { since?: Date; until?: Date; to?: string; dryRun?: boolean } = {},
): Promise<ReconciliationItem> {
  const { body } = await inbox
    .api('post', RECONCILIATIONS)
    .send({ since: hoursAgo(24), ...request })
    .expect(202);
  return reconciliationEnd(inbox, body.id);
}

export function reconciliationEnd(inbox: TestInbox, id: string): Promise<ReconciliationItem> {
  return eventually(async () => {
    const { body } = await inbox.api('get', `${RECONCILIATIONS}/${id}`).expect(200);
    if (body.endedAt === null) throw new Error(`not ended: ${JSON.stringify(body)}`);
    return body;
  }, 60_000);
}

/** Every stored message, newest first. */
export async function messagesOf(inbox: TestInbox) {
  return (await inbox.api('get', '/api/v1/messages?limit=200').expect(200)).body.items;
}
