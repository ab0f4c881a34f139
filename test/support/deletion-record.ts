import type { DeletionRecord } from '../../src/moderation/deletions/deletion-schemas.ts';
import { eventually, type TestInbox } from './test-inbox.ts';

/** Deletes, and returns the path of the deletion record. @param query such as `scope=message` */
export async function deleteMedia(inbox: TestInbox, sid: string, query = ''): Promise<string> {
  const { headers } = await inbox.api('delete', `/api/v1/media/${sid}?${query}`).expect(204);
  return String(headers.location);
}

export async function recordAt(inbox: TestInbox, path: string): Promise<DeletionRecord> {
  return (await inbox.api('get', path).expect(200)).body;
}

/** The record once it is in this state. */
export function recordWhen(
  inbox: TestInbox,
  path: string,
  isSo: (record: DeletionRecord) => boolean,
): Promise<DeletionRecord> {
  return eventually(async () => {
    const record = await recordAt(inbox, path);
    if (!isSo(record)) throw new Error(JSON.stringify(record));
    return record;
  });
}

export const isCompleted = ({ completedAt }: DeletionRecord) => completedAt !== null;

/** Audit entries of one target, or of one action. */
export async function auditOf(inbox: TestInbox, query: string) {
  return (await inbox.api('get', `/api/v1/audit?${query}`).expect(200)).body.items;
}
