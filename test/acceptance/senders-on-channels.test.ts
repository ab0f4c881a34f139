import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSenderIds } from '../../src/moderation/senders/sender-id.ts';
import { createSenders } from '../../src/moderation/senders/senders.ts';
import { note } from '../support/reconciliation.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { openTestQueue } from '../support/test-queue.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

async function receive(from: string) {
  const { message } = await inbox.receive({ from, attachments: [note()] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return media;
}

test.each([
  ['+15550007001', 'whatsapp:+15550007001'],
  ['whatsapp:+15550007002', '+15550007002'],
])('who is blocked as %s is blocked as %s', async (address, other) => {
  const put = { address, policy: 'quarantine' };
  const { body } = await inbox.api('put', '/api/v1/senders').send(put).expect(200);
  expect(body.address).toBe(address.replace('whatsapp:', ''));
  expect((await receive(other))?.moderation).toBe('quarantined');
  const { body: found } = await inbox.api('get', '/api/v1/senders').query({ address: other });
  expect(found.items).toEqual([body]);
});

test('delete with scope=sender, and an export, reach the number and its channels', async () => {
  const [sms, whatsapp] = [await receive('+15550007003'), await receive('whatsapp:+15550007003')];
  const address = 'whatsapp:+15550007003';
  const { headers } = await inbox.api('post', '/api/v1/senders/export').send({ address });
  const byteSize = Number(sms?.byteSize) + Number(whatsapp?.byteSize);
  expect(headers['x-media-bytes']).toBe(String(byteSize));
  await inbox.api('delete', `/api/v1/media/${sms?.sid}?scope=sender`).expect(204);
  await inbox.api('get', `/api/v1/media/${whatsapp?.sid}`).expect(404);
});

test('what an earlier version kept for an address on a channel is part of the person', async () => {
  const { database, close } = await openTestQueue();
  try {
    const ids = createSenderIds('secret');
    const senders = createSenders(database, ids);
    const [number, address] = ['+15550007004', 'whatsapp:+15550007004'];
    const [id = ''] = ids.formerOf(number).slice(3);
    const former = { id, address, policy: 'refuse', muted: true, note: 'rude' } as const;
    await database.prisma.sender.create({ data: { ...former, updatedBy: 'ada' } });
    const listed = (of: string) => senders.list({ address: of, limit: 9 });
    expect((await listed(number)).items).toMatchObject([former]);
    const decider = { actor: 'bea', reasonCode: null, reason: null };
    await senders.update(address, { muted: false }, decider);
    expect((await listed(address)).items).toMatchObject([
      { id: ids.of(number), address: number, policy: 'refuse', muted: false, note: 'rude' },
    ]);
  } finally {
    await close();
  }
});
