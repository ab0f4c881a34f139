import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MessageItem } from '../../src/gallery/item-schemas.ts';
import type { SimulatedMessage } from '../../src/simulator/simulated-message.ts';
import { callAs } from '../support/call-as.ts';
import { signedFormHeaders } from '../support/signed-request.ts';
import { ACCOUNT, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

const attachments = [{ bytes: Buffer.from('a note'), contentType: 'text/plain' }];
let senders = 0;
function newMessage(): SimulatedMessage {
  senders += 1;
  const from = `+1415555${String(senders).padStart(4, '0')}`;
  return inbox.twilio.createMessage({ from, body: 'ab', attachments });
}

type Params = Record<string, string>;

/** Posts a form with the signature of another one, which is right for both. */
async function postWithSignatureOf(captured: Params, params: Params): Promise<void> {
  const headers = signedFormHeaders(inbox, String(new URLSearchParams(captured)));
  const answer = await fetch(`${inbox.url}/twilio/incoming`, {
    method: 'POST',
    headers,
    body: String(new URLSearchParams(params)),
  });
  expect(answer.status).toBe(200);
}

/** Cuts a parameter after so many characters of its name. */
function cut(params: Params, name: string, length: number): Params {
  const { [name]: value = '', ...rest } = params;
  return { ...rest, [name.slice(0, length)]: name.slice(length) + value };
}

const recut = (params: Params): Params[] => [
  cut(params, 'MessageSid', 9),
  cut(params, 'MessageSid', 8),
  cut(cut(params, 'MessageSid', 9), 'Body', 3),
  cut(params, 'From', 3),
  cut(cut(params, 'MessageSid', 7), 'MediaUrl0', 8),
];

async function messagesSince(count: number): Promise<MessageItem[]> {
  const { body } = await inbox.api('get', '/api/v1/messages?limit=200').expect(200);
  return body.items.slice(0, body.items.length - count);
}
const countNow = async () => (await messagesSince(0)).length;

const fetches = (messageSid: string) =>
  inbox.twilio.requests.filter((request) => JSON.stringify(request).includes(messageSid)).length;

test('a form that was taken in is no second message, however it is cut', async () => {
  const before = await countNow();
  const message = newMessage();
  await postWithSignatureOf(message.params, message.params);
  await inbox.mediaOf(message.sid, 'stored');
  for (const params of recut(message.params)) {
    // The one whose sid stays is the same message; the others are known by their signature.
    await postWithSignatureOf(message.params, params);
  }
  const added = await messagesSince(before);
  expect(added.filter(({ suspect }) => suspect === null)).toMatchObject([
    { sid: message.sid, from: message.params.From, body: 'ab' },
  ]);
  // One of this signature at most: what had all marks of a message, and said something else.
  expect(added.filter(({ suspect }) => suspect !== null)).toMatchObject([
    { suspect: 'same-signature', from: '', to: '', body: '', media: [] },
  ]);
});

test('one that was not is kept once, apart, and nothing of it is fetched; the real one comes', async () => {
  const before = await countNow();
  const message = newMessage();
  const cuts = recut(message.params).filter((params) => params.MessageSid === undefined);
  for (const params of [...cuts, ...cuts]) await postWithSignatureOf(message.params, params);
  const [suspect, ...others] = await messagesSince(before);
  expect(others).toEqual([]);
  expect(suspect).toMatchObject({
    suspect: 'no-message-sid',
    accountSid: ACCOUNT.sid,
    from: '',
    to: '',
    body: '',
    media: [],
    params: cuts[0],
  });
  expect(fetches(message.sid)).toBe(0);
  const logged = inbox.logLines.map((line) => JSON.parse(line));
  expect(
    logged.filter(({ messageSid, level }) => messageSid === suspect?.sid && level === 40),
  ).toHaveLength(cuts.length * 2);

  await postWithSignatureOf(message.params, message.params);
  expect(await inbox.mediaOf(message.sid, 'stored')).toHaveLength(1);
  const real = await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(200);
  expect(real.body).toMatchObject({ suspect: null, from: message.params.From, body: 'ab' });
  expect(real.body).not.toHaveProperty('params');
});

test('its parameters are for moderators, and programs that know Twilio alone do not see it', async () => {
  const message = newMessage();
  const [params = {}] = recut(message.params);
  await postWithSignatureOf(message.params, params);
  const [suspect] = await messagesSince((await countNow()) - 1);
  const path = `/api/v1/messages/${suspect?.sid}`;
  const [viewer, moderator] = [await callAs(inbox, 'viewer'), await callAs(inbox, 'moderator')];
  const seen = (await viewer('get', path).expect(200)).body;
  expect(seen).toMatchObject({ suspect: 'no-message-sid', from: '' });
  expect(seen).not.toHaveProperty('params');
  expect((await moderator('get', path).expect(200)).body.params).toEqual(params);
  const twilioPath = `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages`;
  const auth = (url: string) =>
    fetch(inbox.url + url, {
      headers: {
        authorization: `Basic ${Buffer.from(`${ACCOUNT.sid}:${ACCOUNT.authToken}`).toString('base64')}`,
      },
    });
  expect((await auth(`${twilioPath}/${suspect?.sid}.json`)).status).toBe(404);
  expect(await (await auth(`${twilioPath}.json`)).text()).not.toContain(String(suspect?.sid));
});

test('of two cuts with the same sid the second is kept as suspect: it may be the real one', async () => {
  const before = await countNow();
  const message = newMessage();
  const forged = cut(message.params, 'Body', 3);
  await postWithSignatureOf(message.params, forged);
  await postWithSignatureOf(message.params, message.params);
  await postWithSignatureOf(message.params, message.params);
  expect(await messagesSince(before)).toMatchObject([
    { suspect: 'same-signature', params: message.params },
    { suspect: null, sid: message.sid },
  ]);
});

test('what was deleted does not come back by another cut', async () => {
  const message = newMessage();
  await postWithSignatureOf(message.params, message.params);
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  await inbox.api('delete', `/api/v1/media/${media?.sid}?message=true`).expect(204);
  const before = await countNow();
  for (const params of recut(message.params)) await postWithSignatureOf(message.params, params);
  // Nor by the signature of the fallback URL, which nobody has seen here before.
  const elsewhere = { url: `${inbox.url}/twilio/incoming?fallback=1`, params: message.params };
  for (const params of recut(message.params).filter(({ MessageSid }) => MessageSid === undefined)) {
    const headers = signedFormHeaders(
      inbox,
      String(new URLSearchParams(elsewhere.params)),
      elsewhere.url,
    );
    const body = String(new URLSearchParams(params));
    expect((await fetch(elsewhere.url, { method: 'POST', headers, body })).status).toBe(200);
  }
  expect(await messagesSince(before)).toEqual([]);
});

test('erasing a sender erases suspect messages that name it as theirs, and counts them', async () => {
  const message = newMessage();
  const [params = {}] = recut(message.params);
  await postWithSignatureOf(message.params, params);
  const [suspect] = await messagesSince((await countNow()) - 1);
  expect(suspect?.params).toEqual(params);
  const from = String(message.params.From);
  const count = async (address: string) =>
    (await inbox.api('post', '/api/v1/senders/erasures').send({ address, dryRun: true })).body;
  // A part of it, its recipient or another word in it is nobody who sent it.
  for (const other of ['US', from.slice(0, -1), String(message.params.To), ACCOUNT.sid]) {
    await inbox.api('post', '/api/v1/senders/erasures').send({ address: other }).expect(202);
  }
  const kept = await inbox.api('get', `/api/v1/messages/${suspect?.sid}`).expect(200);
  expect(kept.body.deletedAt).toBeNull();
  expect(await count(from)).toMatchObject({ messages: 1, media: 0 });
  const begun = await inbox
    .api('post', '/api/v1/senders/erasures')
    .send({ address: from })
    .expect(202);
  await eventually(async () => {
    const { body } = await inbox.api('get', String(begun.headers.location)).expect(200);
    expect(body.erasedAt).not.toBeNull();
  });
  const { body } = await inbox.api('get', `/api/v1/messages/${suspect?.sid}`).expect(200);
  expect(body.deletedAt).not.toBeNull();
  expect(JSON.stringify(body)).not.toContain(from);
});

test.each([
  ['off', 'visible'],
  ['hold-media', 'visible'],
  ['hold', 'held'],
])('with MODERATION_MODE=%s it begins %s, as other messages do', async (mode, moderation) => {
  await inbox.restart({ MODERATION_MODE: mode });
  const viewer = await callAs(inbox, 'viewer', `viewer-${mode}`);
  const moderator = await callAs(inbox, 'moderator', `moderator-${mode}`);
  const [message, ordinary] = [newMessage(), newMessage()];
  const [params = {}] = recut(message.params);
  await postWithSignatureOf(message.params, params);
  const [suspect] = await messagesSince((await countNow()) - 1);
  expect(suspect).toMatchObject({ suspect: 'no-message-sid', moderation });
  await postWithSignatureOf(ordinary.params, ordinary.params);
  const path = `/api/v1/messages/${suspect?.sid}`;
  for (const one of [path, `/api/v1/messages/${ordinary.sid}`]) {
    expect((await moderator('get', one).expect(200)).body.moderation).toBe(moderation);
    await viewer('get', one).expect(moderation === 'held' ? 404 : 200);
  }
  const held = await moderator('get', '/api/v1/messages?moderation=held').expect(200);
  expect(held.body.items.some(({ sid }: MessageItem) => sid === suspect?.sid)).toBe(
    moderation === 'held',
  );
  // It follows no media: a decision of its own shows it.
  await moderator('post', `${path}/decision`).send({ decision: 'approve' }).expect(200);
  await viewer('get', path).expect(200);
});
