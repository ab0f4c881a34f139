import type { BulkActItem, BulkCounts } from '../../src/moderation/bulk/bulk-schemas.ts';
import type { CallAs } from './call-as.ts';
import { eventually } from './test-inbox.ts';

/** Counts of a bulk act that selects nothing. */
export const NOTHING: BulkCounts = {
  todo: 0,
  changed: 0,
  unchanged: 0,
  unknown: 0,
  deleted: 0,
  claimed: 0,
  decided: 0,
  undone: 0,
};

/** Waits for the end of a bulk act. */
export function endOfBulk(call: CallAs, id: string): Promise<BulkActItem> {
  return eventually(async () => {
    const { body } = await call('get', `/api/v1/bulk/${id}`).expect(200);
    if (body.endedAt === null) throw new Error(`it is ${body.state}`);
    return body;
  });
}

/** Begins a bulk act, and waits for its end. */
export async function bulk(call: CallAs, body: object): Promise<BulkActItem> {
  const begun = await call('post', '/api/v1/bulk').send(body).expect(202);
  return endOfBulk(call, begun.body.id);
}

/** Undoes a bulk act, and waits for the end of that. */
export async function undoBulk(call: CallAs, id: string): Promise<BulkActItem> {
  const begun = await call('post', `/api/v1/bulk/${id}/undo`).expect(202);
  return endOfBulk(call, begun.body.id);
}
