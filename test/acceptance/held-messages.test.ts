import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  SimulatedAttachment,
  SimulatedMessage,
} from '../../src/simulator/simulated-message.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { followEvents } from '../support/event-stream.ts';
import { note } from '../support/reconciliation.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { basic, callTwilioApi, messagesPath, OWN } from '../support/twilio-request.ts';

let inbox: TestInbox;
let asViewer: CallAs;
let asModerator: CallAs;
let viewerSecret: string;
beforeAll(async () => {
  inbox = await startTestInbox({ MODERATION_MODE: 'hold' });
  asViewer = await callAs(inbox, 'viewer');
  asModerator = await callAs(inbox, 'moderator');
  const key = { name: 'wall', role: 'viewer' };
  viewerSecret = (await inbox.api('post', '/api/v1/keys').send(key).expect(201)).body.secret;
});
afterAll(() => inbox.stop());

let numbers = 0;
async function receive(...attachments: SimulatedAttachment[]) {
  numbers += 1;
  const from = `+1555000${8000 + numbers}`;
  const body = `secret words ${numbers}.`;
  const { message } = await inbox.receive({ from, body, attachments });
  const media = await inbox.mediaOf(message.sid, 'stored', 'failed');
  return { message, from, body, sids: media.map(({ sid }) => sid) };
}
type Received = Awaited<ReturnType<typeof receive>>;

const decide = (sid: string, decision: string) =>
  asModerator('post', `/api/v1/media/${sid}/decision`).send({ decision }).expect(200);
const decideMessage = ({ sid }: SimulatedMessage, body: object) =>
  asModerator('post', `/api/v1/messages/${sid}/decision`).send(body);

/** Everything that a key of a viewer, and an account's token, may read, as one text. */
async function readEverything({ message, from, sids }: Received): Promise<string> {
  const query = new URLSearchParams({ from });
  const own = [
    '/api/v1/media?limit=200&links=true',
    `/api/v1/media?${query}`,
    `/api/v1/media?messageSid=${message.sid}`,
    '/api/v1/messages?limit=200',
    `/api/v1/messages?${query}`,
    `/api/v1/messages/${message.sid}`,
    ...sids.map((sid) => `/api/v1/media/${sid}?links=true`),
  ];
  const texts = await Promise.all(own.map(async (path) => (await asViewer('get', path)).text));
  const twilio = [
    `${messagesPath()}.json?PageSize=200`,
    `${messagesPath()}.json?${new URLSearchParams({ From: from })}`,
    `${messagesPath()}/${message.sid}.json`,
    `${messagesPath()}/${message.sid}/Media.json`,
    ...sids.map((sid) => `${messagesPath()}/${message.sid}/Media/${sid}.json`),
  ];
  for (const authorization of [OWN, basic('wall', viewerSecret)]) {
    for (const path of twilio) {
      texts.push(await (await callTwilioApi(inbox, path, authorization)).text());
    }
  }
  // What was asked for is repeated in links to pages.
  return texts.join('\n').replaceAll(/"\w*uri": ?"[^"]*"/g, '');
}

async function expectHidden(received: Received) {
  const text = await readEverything(received);
  expect(text).not.toContain(received.body);
  expect(text).not.toContain(received.from);
  await asViewer('get', `/api/v1/messages/${received.message.sid}`).expect(404);
}

async function expectSeen({ message, from, body, sids }: Received) {
  const { body: item } = await asViewer('get', `/api/v1/messages/${message.sid}`).expect(200);
  expect(item).toMatchObject({ from, body, moderation: 'visible' });
  expect(item).not.toHaveProperty('decision');
  const path = `${messagesPath()}/${message.sid}.json`;
  expect(await (await callTwilioApi(inbox, path)).json()).toMatchObject({ from, body });
  const { body: list } = await asViewer('get', '/api/v1/messages').query({ from }).expect(200);
  expect(list.items).toHaveLength(1);
  for (const sid of sids) {
    const answer = await asViewer('get', `/api/v1/media/${sid}`);
    if (answer.status === 200) expect(answer.body).toMatchObject({ from, body });
  }
}

test('a message is held, text and numbers included, until the last of its media is approved', async () => {
  const received = await receive(note(), note());
  const [first = '', second = ''] = received.sids;
  await expectHidden(received);
  await decide(first, 'approve');
  // The one that is approved is there, of nobody, with no words.
  const { body: item } = await asViewer('get', `/api/v1/media/${first}`).expect(200);
  expect(item).toMatchObject({ moderation: 'visible', from: null, to: null, body: null });
  await asViewer('get', `/api/v1/media/${first}/content`).expect(200);
  await expectHidden(received);
  await decide(second, 'approve');
  await expectSeen(received);
  await decide(first, 'hold');
  await expectHidden(received);
  await decide(first, 'quarantine');
  await expectSeen(received);
  await decide(second, 'quarantine');
  await expectHidden(received);
});

test('moderators see it, list what waits, and each decision is in the log and told', async () => {
  const reader = await followEvents(inbox);
  const received = await receive(note());
  const { sid } = received.message;
  const { body: item } = await asModerator('get', `/api/v1/messages/${sid}`).expect(200);
  expect(item).toMatchObject({ moderation: 'held', decision: null, body: received.body });
  const held = async (call: CallAs) => call('get', '/api/v1/messages?moderation=held&limit=200');
  const sids = (await held(asModerator)).body.items.map((one: { sid: string }) => one.sid);
  expect(sids).toContain(sid);
  expect((await held(asViewer)).status).toBe(403);
  await decide(received.sids[0] ?? '', 'approve');
  const { body: audit } = await asModerator('get', `/api/v1/audit?target=${sid}`).expect(200);
  expect(audit.items).toMatchObject([
    {
      actor: 'moderator',
      action: 'message.approve',
      before: { moderation: 'held' },
      after: { moderation: 'visible' },
    },
  ]);
  await eventually(async () => {
    const told = reader.events.filter(({ data }) => data.messageSid === sid);
    expect(told.map(({ type, data }) => [type, data.moderation])).toEqual([
      ['message.received', 'held'],
      ['media.stored', 'held'],
      ['media.held', 'held'],
      ['media.approved', 'visible'],
      ['message.approved', 'visible'],
    ]);
  });
});

test('a message without media is decided itself', async () => {
  const received = await receive();
  await expectHidden(received);
  const expected = { decision: 'quarantine', expected: 'visible' };
  const { body: refused } = await decideMessage(received.message, expected).expect(409);
  expect(refused.code).toBe('decided_meanwhile');
  const { body: answer } = await decideMessage(received.message, { decision: 'approve' }).expect(
    200,
  );
  expect(answer).toMatchObject({ moderation: 'visible', changed: true, decidedBy: 'moderator' });
  await expectSeen(received);
  const why = { decision: 'hold', reasonCode: 'complaint', reason: 'a parent asked' };
  await decideMessage(received.message, why).expect(200);
  await expectHidden(received);
  const again = await decideMessage(received.message, why).expect(200);
  expect(again.body).toMatchObject({ changed: false, moderation: 'held' });
});

test('once somebody decided about the message itself, its media decide no more', async () => {
  const received = await receive(note());
  await decideMessage(received.message, { decision: 'approve' }).expect(200);
  await asViewer('get', `/api/v1/media/${received.sids[0]}`).expect(404);
  await expectSeen(received);
  await decide(received.sids[0] ?? '', 'quarantine');
  await expectSeen(received);
});

test('what was deleted holds up nobody; what failed alone is decided by the message', async () => {
  const failing = await receive(note(), note());
  await decide(failing.sids[0] ?? '', 'approve');
  await asModerator('delete', `/api/v1/media/${failing.sids[1]}`).expect(204);
  await expectSeen(failing);
  const bad = { from: '+15550009555', body: 'bad url', attachments: [] };
  const { message } = await inbox.receive({ ...bad, extra: { NumMedia: '1', MediaUrl0: 'x:y' } });
  await inbox.mediaOf(message.sid, 'failed');
  await asViewer('get', `/api/v1/messages/${message.sid}`).expect(404);
  await decideMessage(message, { decision: 'approve' }).expect(200);
  await asViewer('get', `/api/v1/messages/${message.sid}`).expect(200);
});

test('an import is held with its text, a blocked sender is quarantined with it', async () => {
  const { body } = await asModerator('post', '/api/v1/media')
    .field('from', '+15550009777')
    .attach('files', Buffer.from('imported'), 'a.txt')
    .expect(201);
  await asViewer('get', `/api/v1/messages/${body.messageSid}`).expect(404);
  const address = '+15550009778';
  await asModerator('put', '/api/v1/senders').send({ address, policy: 'quarantine' }).expect(200);
  const { message } = await inbox.receive({ from: address, attachments: [] });
  const { body: item } = await asModerator('get', `/api/v1/messages/${message.sid}`).expect(200);
  expect(item).toMatchObject({ moderation: 'quarantined', decision: { by: 'system:sender' } });
});

test('of two who decide about the last two media at once, the message sees both', async () => {
  for (let round = 0; round < 5; round += 1) {
    const received = await receive(note(), note());
    await Promise.all(received.sids.map((sid) => decide(sid, 'approve')));
    await expectSeen(received);
  }
});

test('hold-media holds the media alone, and what came before the mode stays as it was', async () => {
  const before = await receive();
  await inbox.restart({ MODERATION_MODE: 'hold-media' });
  const received = await receive(note());
  await expectSeen(received);
  await asViewer('get', `/api/v1/media/${received.sids[0]}`).expect(404);
  await expectHidden(before);
  await inbox.restart();
});
