import type {
  FindingItem,
  VerificationItem,
} from '../../src/verification/verification-operations.ts';
import { eventually, type TestInbox } from './test-inbox.ts';

export const VERIFICATIONS = '/api/v1/verifications';

/** Requests a verification, and waits until it and its repairs have ended. */
export async function verify(
  inbox: TestInbox,
  request: { repair?: boolean; restart?: boolean; bytesPerSecond?: number } = {},
): Promise<{ item: VerificationItem; findings: FindingItem[] }> {
  const { body } = await inbox.api('post', VERIFICATIONS).send(request).expect(202);
  return verificationEnd(inbox, body.id);
}

export function verificationEnd(inbox: TestInbox, id: string) {
  return eventually(async () => {
    const { body: item } = await inbox.api('get', `${VERIFICATIONS}/${id}`).expect(200);
    if (item.endedAt === null) throw new Error(`not ended: ${JSON.stringify(item)}`);
    const { body } = await inbox.api('get', `${VERIFICATIONS}/${id}/findings`).expect(200);
    return { item: item as VerificationItem, findings: body.items as FindingItem[] };
  }, 90_000);
}
