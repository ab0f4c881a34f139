import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { auditOf } from '../support/deletion-record.ts';
import { importNotes } from '../support/import-notes.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let ada: CallAs;
let bob: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  ada = await callAs(inbox, 'moderator', 'ada');
  bob = await callAs(inbox, 'moderator', 'bob');
});
afterAll(() => inbox.stop());

const write = (about: object, text = 'Call +15557654321 back.') =>
  ada('post', '/api/v1/notes').send({ ...about, text });
const notesOf = async (about: Record<string, string>) =>
  (await bob('get', `/api/v1/notes?${new URLSearchParams(about)}`).expect(200)).body.items;

async function receiveNote(from?: string) {
  const [mediaSid = ''] = await importNotes(inbox, 1, from);
  const { body } = await ada('get', `/api/v1/media/${mediaSid}`).expect(200);
  return { mediaSid, messageSid: String(body.messageSid) };
}

test('moderators note something about an attachment, a message or a sender, for each other', async () => {
  const { mediaSid, messageSid } = await receiveNote();
  const { body } = await write({ mediaSid }).expect(201);
  expect(body).toEqual({
    id: expect.any(String),
    ...{ mediaSid, messageSid: null, senderId: null },
    text: 'Call +15557654321 back.',
    writtenBy: 'ada',
    createdAt: expect.any(String),
  });
  const { body: second } = await write({ mediaSid }, 'Second.').expect(201);
  await write({ messageSid }).expect(201);
  const sender = '+15550001111';
  const { body: ofSender } = await write({ sender }).expect(201);
  expect(await notesOf({ mediaSid })).toEqual([body, second]);
  expect(await notesOf({ messageSid })).toHaveLength(1);
  // A person is the same on all channels.
  expect(await notesOf({ sender: `whatsapp:${sender}` })).toEqual([ofSender]);
  const [entry] = await auditOf(inbox, `target=${ofSender.senderId}`);
  expect(entry).toMatchObject({
    action: 'note.create',
    actor: 'ada',
    after: { noteId: ofSender.id },
  });
  expect(JSON.stringify(await auditOf(inbox, 'action=note.create'))).not.toContain('+1555');
  expect(inbox.logLines.join()).not.toContain('15557654321');
});

test('deleted by their author or an admin', async () => {
  const { mediaSid } = await receiveNote();
  const first = await write({ mediaSid }).expect(201);
  const other = await write({ mediaSid }).expect(201);
  await bob('delete', `/api/v1/notes/${first.body.id}`).expect(403);
  await ada('delete', `/api/v1/notes/${first.body.id}`).expect(204);
  await ada('delete', `/api/v1/notes/${first.body.id}`).expect(404);
  await inbox.api('delete', `/api/v1/notes/${other.body.id}`).expect(204);
  expect(await notesOf({ mediaSid })).toEqual([]);
});

test('gone with the attachment, the message and the sender', { timeout: 60_000 }, async () => {
  const sender = '+15550002222';
  const { mediaSid, messageSid } = await receiveNote(sender);
  for (const about of [{ mediaSid }, { messageSid }, { sender }]) await write(about).expect(201);
  await ada('delete', `/api/v1/media/${mediaSid}`).expect(204);
  expect(await notesOf({ mediaSid })).toEqual([]);
  expect((await write({ mediaSid }).expect(404)).body.code).toBe('media_deleted');
  expect(await notesOf({ messageSid })).toHaveLength(1);
  await ada('delete', `/api/v1/messages/${messageSid}`).expect(204);
  expect(await notesOf({ messageSid })).toEqual([]);
  expect((await write({ messageSid }).expect(404)).body.code).toBe('message_deleted');
  await inbox.api('post', '/api/v1/senders/erasures').send({ address: sender }).expect(202);
  expect(await notesOf({ sender })).toEqual([]);
});

test.each([
  {},
  { mediaSid: `ME${'0'.repeat(32)}`, sender: '+15551234567' },
  { sender: '' },
  { mediaSid: 'nonsense' },
])('refused: %j', async (about) => {
  await write(about).expect(400);
});

test('not about what is not there', async () => {
  await write({ mediaSid: `ME${'0'.repeat(32)}` }).expect(404);
  await write({ messageSid: `MM${'0'.repeat(32)}` }).expect(404);
  await ada('get', '/api/v1/notes').expect(400);
});
