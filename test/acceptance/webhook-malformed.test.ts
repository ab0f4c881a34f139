import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { MediaItem, MessageItem } from '../../src/gallery/item-schemas.ts';
import type { DeliverOptions } from '../../src/simulator/twilio-simulator.ts';
import { postForm, postJson } from '../support/signed-request.ts';
import { ACCOUNT, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

type Params = Record<string, string | string[]>;

const NOTES = ['first note', 'second note'].map((text) => ({
  bytes: Buffer.from(text),
  contentType: 'text/plain',
}));
const STORED = { state: 'stored', reason: null };
const failed = (reason: RegExp) => ({ state: 'failed', reason: expect.stringMatching(reason) });

let inbox: TestInbox;
let senders = 0;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());
afterEach(async () => {
  await inbox.api('get', '/healthz').expect(200);
});

/** A message with two attachments whose webhook says something else; each has its own sender. */
async function receiveChanged(
  change: (params: Params) => Params,
  options: Partial<DeliverOptions>,
) {
  const from = nextSender();
  const message = inbox.twilio.createMessage({ from, attachments: NOTES });
  const params = change(message.params) as Record<string, string>;
  const url = `${inbox.url}/twilio/incoming`;
  const send = () => inbox.twilio.deliver({ ...message, params }, { url, ...options });
  const answer = await send();
  return { from, message, answer, send };
}

function nextSender(): string {
  senders += 1;
  return `+1415555${String(senders).padStart(4, '0')}`;
}

/** The one message of a sender, once nothing of it is pending. */
function settled(from: string): Promise<MessageItem> {
  return eventually(async () => {
    const list = await inbox.api('get', '/api/v1/messages').query({ from }).expect(200);
    expect(list.body.items).toHaveLength(1);
    const [message] = list.body.items as [MessageItem];
    expect(message.media.map(({ state }) => state)).not.toContain('pending');
    return message;
  });
}

const without = (name: string) => (params: Params) =>
  Object.fromEntries(Object.entries(params).filter(([key]) => key !== name));
const set = (more: Params) => (params: Params) => ({ ...params, ...more });
const edit = (name: string, change: (value: string) => string) => (params: Params) => ({
  ...params,
  [name]: change(String(params[name])),
});
const allSids = (value: string) => set({ MessageSid: value, SmsMessageSid: value, SmsSid: value });

const elsewhere = (reason: RegExp) => [STORED, failed(reason)];
const changes: [string, (params: Params) => Params, object[]][] = [
  ['NumMedia=abc', set({ NumMedia: 'abc' }), [STORED, STORED, failed(/NumMedia is "abc"/)]],
  ['NumMedia=-1', set({ NumMedia: '-1' }), [STORED, STORED, failed(/NumMedia is "-1"/)]],
  ['NumMedia=1.5', set({ NumMedia: '1.5' }), [STORED, STORED, failed(/NumMedia is "1.5"/)]],
  ['NumMedia=999999', set({ NumMedia: '999999' }), [STORED, STORED, failed(/is "999999"/)]],
  [
    'NumMedia=11',
    set({ NumMedia: '11' }),
    [
      STORED,
      STORED,
      ...[...Array(9).keys()].map((n) => failed(RegExp(`MediaUrl${n + 2} is miss`))),
    ],
  ],
  ['NumMedia=0 beside media URLs', set({ NumMedia: '0' }), [STORED, STORED]],
  ['no NumMedia at all', without('NumMedia'), [STORED, STORED]],
  ['an empty NumMedia', set({ NumMedia: '' }), [STORED, STORED]],
  ['no MediaUrl1', without('MediaUrl1'), [STORED, failed(/MediaUrl1 is missing/)]],
  ['no MediaUrl0', without('MediaUrl0'), [failed(/MediaUrl0 is missing/), STORED]],
  ['no media types', without('MediaContentType0'), [STORED, STORED]],
  [
    'a media URL of another account',
    edit('MediaUrl1', (url) => url.replace(ACCOUNT.sid, `AC${'9'.repeat(32)}`)),
    elsewhere(/another account/),
  ],
  [
    'a media URL of another message',
    edit('MediaUrl1', (url) => url.replace(/MM[0-9a-f]{32}/, `MM${'9'.repeat(32)}`)),
    elsewhere(/another message/),
  ],
  [
    'a media URL on another host',
    edit('MediaUrl1', (url) => url.replace(/^http:\/\/[^/]+/, 'https://evil.example')),
    elsewhere(/host that is not the Twilio API/),
  ],
  [
    'a media URL without https',
    edit('MediaUrl1', (url) => url.replace(/^http:\/\/[^/]+/, 'http://api.twilio.com')),
    elsewhere(/not https/),
  ],
  [
    'a media URL with a user name',
    edit('MediaUrl1', (url) => url.replace('http://', 'http://user:pass@')),
    elsewhere(/user name or password/),
  ],
  [
    'a media URL that climbs out of its path',
    edit('MediaUrl1', (url) => `${url}/../../secrets`),
    elsewhere(/dot segments/),
  ],
  ['a file URL', set({ MediaUrl1: 'file:///etc/passwd' }), elsewhere(/not https/)],
  ['a media URL that is none', set({ MediaUrl1: 'nonsense' }), elsewhere(/not a URL/)],
  ['an empty media URL', set({ MediaUrl1: '' }), elsewhere(/MediaUrl1 is missing/)],
  [
    'the same media URL twice',
    (params) => ({ ...params, MediaUrl1: params.MediaUrl0 ?? '' }),
    elsewhere(/names the same media/),
  ],
  [
    'a media URL that is repeated',
    (params) => ({ ...params, MediaUrl1: [String(params.MediaUrl1), 'https://evil.example'] }),
    [STORED, STORED],
  ],
  [
    'names that objects have',
    set({ ['__proto__']: '1', constructor: 'x', toString: 'y' }),
    [STORED, STORED],
  ],
  ['a very long sender name', set({ ProfileName: 'x'.repeat(20_000) }), [STORED, STORED]],
];

test.each(changes)(
  '%s: the message is kept, each part with its state',
  async (_n, change, media) => {
    const { from, answer } = await receiveChanged(change, {});
    expect(answer).toMatchObject({ status: 200, errorCode: null });
    const message = await settled(from);
    expect(message.media).toMatchObject(media);
    expect(message.media.map(({ index }) => index)).toEqual(media.map((_, index) => index));
    const sids = message.media.map(({ sid }) => sid);
    expect(new Set(sids).size).toBe(media.length);
    for (const item of message.media) {
      const one = await inbox.api('get', `/api/v1/media/${item.sid}`).expect(200);
      expect((one.body as MediaItem).nextAttemptAt).toBeNull();
    }
  },
);

const noSids = (params: Params) =>
  ['MessageSid', 'SmsMessageSid', 'SmsSid'].reduce((rest, name) => without(name)(rest), params);

test.each<[string, (params: Params) => Params, Partial<DeliverOptions>]>([
  ['nested parameters', set({ 'a[b]': 'c', 'MediaUrl5[x]': 'y', 'a[b][]': 'd' }), {}],
  ['NUL bytes in a name', set({ 'N\0me': 'x', '\0': '\0' }), {}],
  ['a malformed MessageSid beside a good SmsSid', set({ MessageSid: 'MM12' }), {}],
  ['malformed sids', allSids('MM123'), {}],
  ['an SQL-like sid', allSids("MM'; DROP TABLE media;--"), {}],
  ['no MessageSid', noSids, { method: 'POST' }],
  ['no MessageSid in a GET', noSids, { method: 'GET' }],
  ['no MessageSid in JSON', noSids, { encoding: 'json' }],
])('%s: kept once, apart, with all its parameters', async (_name, change, options) => {
  const { from, answer, send } = await receiveChanged(change, options);
  expect(answer).toMatchObject({ status: 200, errorCode: null });
  expect(await send()).toMatchObject({ status: 200 });
  const { body } = await inbox.api('get', '/api/v1/messages?limit=200').expect(200);
  const kept = (body.items as MessageItem[]).filter(
    ({ suspect, params }) => suspect !== null && JSON.stringify(params).includes(from),
  );
  expect(kept).toMatchObject([{ from: '', to: '', body: '', media: [] }]);
  expect(kept[0]?.sid).toMatch(/^MM[0-9a-f]{32}$/);
});

test.each([
  ['Body', { Body: ['first', 'second'] }, { body: 'first' }],
  ['To', { To: ['+1', '+2', '+1'] }, { to: '+1' }],
])('of a repeated %s the first is shown', async (_name, more, shown) => {
  const { from, answer } = await receiveChanged(set(more), {});
  expect(answer.status).toBe(200);
  expect(await settled(from)).toMatchObject(shown);
});

test('of a repeated From the first is the sender', async () => {
  const from = nextSender();
  const { answer } = await receiveChanged(set({ From: [from, '+19995550000'] }), {});
  expect(answer.status).toBe(200);
  expect(await settled(from)).toMatchObject({ from });
});

/** So many parameters in all, of one signed message. */
function formOf(count: number, sid: string, from: string): string {
  const sender = encodeURIComponent(from);
  const start = `AccountSid=${ACCOUNT.sid}&MessageSid=${sid}&From=${sender}`;
  return [start, ...[...Array(count - 3).keys()].map((n) => `p${n}=1`)].join('&');
}

test('far more parameters than Twilio sends are fine', async () => {
  const from = nextSender();
  const sid = `SM${'5'.repeat(32)}`;
  expect((await postForm(inbox, formOf(250, sid, from))).status).toBe(200);
  expect(await settled(from)).toMatchObject({ sid, media: [] });
});

test.each([
  ['a form', () => postForm(inbox, formOf(251, `SM${'4'.repeat(32)}`, '+1'))],
  ['repeated ones', () => postForm(inbox, `AccountSid=${ACCOUNT.sid}${'&a=1'.repeat(8000)}`)],
  ['separators alone', () => postForm(inbox, `AccountSid=${ACCOUNT.sid}${'&'.repeat(8000)}`)],
  [
    'JSON',
    () => {
      const names = Array.from({ length: 2000 }, (_, n) => [`p${n}`, 1]);
      return postJson(
        inbox,
        JSON.stringify({ AccountSid: ACCOUNT.sid, ...Object.fromEntries(names) }),
      );
    },
  ],
  ['JSON with many in the URL', () => postJson(inbox, '{}', `?${'a&'.repeat(300)}`)],
  [
    'a GET',
    () =>
      fetch(`${inbox.url}/twilio/incoming?AccountSid=${ACCOUNT.sid}${'&a=1'.repeat(3000)}`, {
        headers: { 'x-twilio-signature': 'Zm9yZ2VkIHNpZ25hdHVyZSE9PT0=' },
      }),
  ],
  [
    'a form with many in the URL',
    () =>
      fetch(`${inbox.url}/twilio/incoming?${'a=1&'.repeat(3000)}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          'x-twilio-signature': 'Zm9yZ2VkIHNpZ25hdHVyZSE9PT0=',
        },
        body: `AccountSid=${ACCOUNT.sid}`,
      }),
  ],
])('too many parameters are refused before anything is signed: %s', async (_name, send) => {
  const answer = await send();
  expect(answer.status).toBe(413);
  expect(answer.headers.get('content-type')).toMatch('application/problem+json');
  expect(await answer.json()).toMatchObject({ code: 'too_many_parameters' });
});

test('bytes that are no UTF-8 are replaced, the rest is kept', async () => {
  const from = nextSender();
  const start = `AccountSid=${ACCOUNT.sid}&MessageSid=SM${'6'.repeat(32)}`;
  const form = `${start}&From=${encodeURIComponent(from)}&Body=a%FF%FEb%C3&y=%C0%80&x=%ZZ%`;
  expect((await postForm(inbox, form)).status).toBe(200);
  expect((await settled(from)).body).toBe('a\uFFFD\uFFFDb\uFFFD');
});

test.each(['form', 'json'] as const)('NUL bytes in a %s are replaced', async (encoding) => {
  const { from, answer } = await receiveChanged(set({ Body: 'a\0b', y: '\0' }), { encoding });
  expect(answer.status).toBe(200);
  expect((await settled(from)).body).toBe('a\uFFFDb');
});

test('lone surrogates in JSON are replaced', async () => {
  const odd = { Body: 'a\ud800b\udfff', '\ud800': '\udc00' };
  const { from, answer } = await receiveChanged(set(odd), { encoding: 'json' });
  expect(answer.status).toBe(200);
  expect((await settled(from)).body).toBe('a\uFFFDb\uFFFD');
});

test('JSON may have numbers, lists and objects in it, as deep as they come', async () => {
  const from = nextSender();
  const deep = `${'['.repeat(12_000)}${']'.repeat(12_000)}`;
  const sid = `SM${'7'.repeat(32)}`;
  const text =
    `{"AccountSid":"${ACCOUNT.sid}","MessageSid":"${sid}","From":"${from}","Body":42,` +
    `"NumMedia":0,"ChannelMetadata":{"a":[1,null,true,{"b":"\\u0000"}]},"__proto__":{"x":1},` +
    `"Deep":${deep}}`;
  expect((await postJson(inbox, text)).status).toBe(200);
  expect(await settled(from)).toMatchObject({ sid, body: '42', media: [] });
});

test.each(['From', 'To'])(
  'a %s of thousands of characters is no reason to lose it',
  async (name) => {
    const long = Array.from({ length: 3000 }, (_, n) => n.toString(36)).join('-');
    const { answer, message } = await receiveChanged(set({ [name]: long, Body: 'long' }), {});
    expect(answer.status).toBe(200);
    const kept = await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(200);
    expect(kept.body.body).toBe('long');
  },
);
