import fc from 'fast-check';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { expect, test } from 'vitest';
import type { Suspicion } from '../../../src/inbound/inbound-message.ts';
import { readWebhookMessage } from '../../../src/inbound/suspect-request.ts';
import { findSigningToken, joinParams } from '../../../src/inbound/verify-signature.ts';
import { parseForm, type WebhookRequest } from '../../../src/inbound/webhook-request.ts';

const API = 'https://api.twilio.com';
const HOOK = 'https://mms.example.com/twilio/incoming';
const TOKEN = '12345';
const ACCOUNT = `AC${'a1'.repeat(16)}`;
const SID = `MM${'b2'.repeat(16)}`;
const OTHER = `MM${'c3'.repeat(16)}`;
const THIRD = `MM${'f7'.repeat(16)}`;
const receivedAt = new Date('2026-01-31T10:00:00Z');

const ORDINARY = {
  ToCountry: 'US',
  ToState: '',
  SmsMessageSid: SID,
  NumMedia: '1',
  FromZip: '94612',
  SmsSid: SID,
  FromState: 'CA',
  SmsStatus: 'received',
  FromCity: 'OAKLAND',
  Body: 'ab',
  FromCountry: 'US',
  To: '+14155550100',
  MessagingServiceSid: `MG${'d4'.repeat(16)}`,
  ToZip: '',
  NumSegments: '1',
  MessageSid: SID,
  AccountSid: ACCOUNT,
  From: '+14155550123',
  MediaContentType0: 'image/jpeg',
  MediaUrl0: `${API}/2010-04-01/Accounts/${ACCOUNT}/Messages/${SID}/Media/ME${'e5'.repeat(16)}`,
  ApiVersion: '2010-04-01',
};

// What begins with one of these begins with no name that sorts behind MessageSid.
const NO_NAME_BEHIND = [
  ...['', ' Z', '.', '=z', '\n', 'é', '😀', '0', '9z', 'A', 'Lz'],
  ...['M z', 'MessageA', 'Mess', 'MessageSid z'],
];

const form = (params: Record<string, unknown>, signature?: string): WebhookRequest => ({
  url: HOOK,
  signature: signature ?? getExpectedTwilioSignature(TOKEN, HOOK, params),
  params,
  paramsInUrl: false,
});
const read = (request: WebhookRequest) => readWebhookMessage(request, API, receivedAt);
const suspicionOf = (params: Record<string, unknown>) => read(form(params)).suspect;

test.each<[string, Record<string, unknown>]>([
  ['SMS and MMS', {}],
  [
    'WhatsApp',
    {
      ProfileName: 'Ada',
      WaId: '14155550123',
      MessageType: 'text',
      Forwarded: 'true',
      From: 'whatsapp:+14155550123',
      ChannelMetadata: '{"type":"whatsapp","data":{"context":{"ProfileName":"Ada"}}}',
    },
  ],
  [
    'a reply on WhatsApp, which names another message',
    { OriginalRepliedMessageSid: OTHER, OriginalRepliedMessageSender: 'whatsapp:+14155550100' },
  ],
  ['a location', { Latitude: '37.8', Longitude: '-122.2', Address: 'x', Label: 'y', Body: '' }],
  ['a button', { ButtonText: 'Yes', ButtonPayload: 'yes', ListId: '1', ListTitle: 'One' }],
  [
    'an advertisement',
    { ReferralBody: 'x', ReferralSourceUrl: 'https://x', ReferralNumMedia: '0', CtwaClid: '1' },
  ],
  ['an opt-out', { OptOutType: 'STOP', Body: 'STOP' }],
  ['RCS', { From: 'rcs:agent', MessageType: 'text', ButtonPayload: 'x' }],
  ['Messenger', { From: 'messenger:123', ProfileName: 'Ada' }],
  ['the fallback URL', { ErrorCode: '11200', ErrorUrl: HOOK }],
  ['add-ons', { AddOns: '{"status":"successful"}' }],
  ['names that are new', { SomeThing2_x: '1' }],
  ['a sid in words', { Body: `MessageSid=${OTHER} and ${OTHER}` }],
  ['the own sid in a link', { Body: `https://x?MessageSid=${SID}&y` }],
  ['a sid in the query of a link, before more words', { Body: `https://x?MessageSid=${OTHER} ok` }],
  ['the own sid in the text', { Body: `MessageSid${SID}Z` }],
  ...NO_NAME_BEHIND.map((next): [string, Record<string, unknown>] => [
    `a sid in the text before ${JSON.stringify(next)}`,
    { Body: `hiMessageSid${OTHER}${next}` },
  ]),
  ['a sid at the end of the text, and a button', { Body: `MessageSid${OTHER}`, ButtonText: 'Yes' }],
  ['a sid too short', { Body: `MessageSid${OTHER.slice(0, -1)}Z` }],
  ['a sid of another message in a name that is new', { ParentMessageSid: OTHER }],
  ['repeated parameters', { Tag: ['a', 'b'] }],
])('%s is ordinary', (_name, more) => {
  const message = read(form({ ...ORDINARY, ...more }));
  expect(message.suspect).toBeNull();
  expect(message.sid).toBe(SID);
  expect(message.signatureHash).toMatch(/^[0-9a-f]{64}$/);
});

test.each<[string, Record<string, unknown>, Suspicion]>([
  ['a name with a bracket', { 'a[b]': 'c' }, 'parameter-name'],
  ['a name with a blank', { 'Body ': 'c' }, 'parameter-name'],
  ['a name with a line end', { 'Body\n': 'c' }, 'parameter-name'],
  ['an empty name', { '': 'c' }, 'parameter-name'],
  ['a name beyond ASCII', { é: 'c' }, 'parameter-name'],
  ['no MessageSid', { MessageSid: '' }, 'no-message-sid'],
  ['a malformed MessageSid beside a good SmsSid', { MessageSid: 'MM1' }, 'no-message-sid'],
  ['two of them', { MessageSid: [SID, OTHER] }, 'no-message-sid'],
  ...['N', 'Z', '_', 'a', 'z', 'f1', 'MessageSidX', 'MessageT', 'Mf', 'N ', 'please'].map(
    (next): [string, Record<string, unknown>, Suspicion] => [
      `one in the text before ${next}`,
      { Body: `hiMessageSid${OTHER}${next}` },
      'hidden-message-sid',
    ],
  ),
  [
    'one in the text, right before the own',
    { MediaUrl0: `hiMessageSid${OTHER}` },
    'hidden-message-sid',
  ],
  [
    'one at the end of a value, before a name that sorts behind',
    { ProfileName: `MessageSid${OTHER}` },
    'hidden-message-sid',
  ],
  ['one at the end of the form', { ToZip: `MessageSid${OTHER}` }, 'hidden-message-sid'],
  ['one in a list', { Tag: ['a', `MessageSid${OTHER}`] }, 'hidden-message-sid'],
  ['one in a name', { [`OtherMessageSid${OTHER}N`]: '' }, 'hidden-message-sid'],
  ['one half in a name', { OtherMessageSi: `d${OTHER}` }, 'hidden-message-sid'],
  ['another SmsMessageSid', { SmsMessageSid: OTHER }, 'hidden-message-sid'],
  [
    'the end of another SmsMessageSid as a name',
    { ToZip: 'Sm', sMessageSid: OTHER },
    'hidden-message-sid',
  ],
  [
    'a sid of another name, and no SmsMessageSid',
    { SmsMessageSid: '', OriginalRepliedMessageSid: OTHER },
    'hidden-message-sid',
  ],
])('with %s it is suspect: nothing of it is believed, and all is kept', (_name, more, suspect) => {
  const params = { ...ORDINARY, ...more };
  expect(read(form(params))).toMatchObject({
    suspect,
    accountSid: ACCOUNT,
    from: '',
    to: '',
    body: '',
    media: [],
    params,
    sid: expect.stringMatching(/^MM[0-9a-f]{32}$/),
  });
});

test('JSON and GET are not cut: their names may be any', () => {
  for (const more of [{ jsonBody: '{}' }, { paramsInUrl: true }]) {
    const request = { ...form({ ...ORDINARY, 'a[b]': `MessageSid${OTHER}` }), ...more };
    expect(read(request).suspect).toBeNull();
    expect(read({ ...form({ ...ORDINARY, MessageSid: 'x' }), ...more }).suspect).toBe(
      'no-message-sid',
    );
  }
});

/** Cuts the text of a form into other names and values, in the order that the signature wants. */
function cutAt(text: string, places: readonly number[]): Record<string, unknown> | null {
  const at = [0, ...new Set(places.map((place) => place % text.length).sort((a, b) => a - b))];
  const pieces = at.map((begin, index) => text.slice(begin, at[index + 1]));
  const pairs: [string, string][] = [];
  for (let n = 0; n < pieces.length; n += 2) pairs.push([pieces[n] ?? '', pieces[n + 1] ?? '']);
  const params = { ...parseForm(String(new URLSearchParams(pairs))) };
  return joinParams(params) === text ? params : null;
}

/** Where a name or a value begins in the text of a form: the likeliest places to cut it. */
function boundaries(params: Record<string, string>): number[] {
  let at = 0;
  return Object.keys(params)
    .sort()
    .flatMap((name) => {
      const begin = at;
      at += name.length + (params[name]?.length ?? 0);
      return [begin, begin + name.length];
    });
}

const WITHOUT_MEDIA = Object.fromEntries(
  Object.entries(ORDINARY).filter(([name]) => !name.startsWith('Media')),
) as typeof ORDINARY;

// The sender, too, has had a say: the texts ask to be cut.
const CAPTURED: [string, Record<string, string>][] = [
  ['a form', ORDINARY],
  [
    'a text that is a form',
    {
      ...ORDINARY,
      Body: `hiFrom+19995550000MessageSid${OTHER}NumMedia0SmsMessageSid${OTHER}Z`,
    },
  ],
  ...['N', 'Z', '_', 'a', 'Mf', 'MessageSidX'].map((next): [string, Record<string, string>] => [
    `a text with a sid before ${next}`,
    { ...ORDINARY, Body: `hiMessageSid${OTHER}${next}` },
  ]),
  // What stands before the own sid can be the beginning of a name that ends so.
  [
    'a name before the own sid',
    { ...WITHOUT_MEDIA, Body: `hiMessageSid${OTHER}N`, FromState: 'OR', FromZip: '' },
  ],
  [
    'a name before both sids',
    { ...ORDINARY, Body: `hiMessageSid${OTHER}N`, MediaUrl0: 'O', NumSegments: 's' },
  ],
  ['a sid in a profile', { ...ORDINARY, ProfileName: `MessageSid${OTHER}` }],
  ['a sid at the end', { ...ORDINARY, ToZip: `MessageSid${OTHER}` }],
  ['a reply', { ...ORDINARY, Body: `hiMessageSid${OTHER}Z`, OriginalRepliedMessageSid: THIRD }],
];

test.each(CAPTURED)('no cut of %s is an ordinary message of another sid', (_name, captured) => {
  const { signature } = form(captured);
  const text = joinParams(captured);
  const near = boundaries(captured).flatMap((place) => [place - 1, place, place + 1]);
  const sidAt = [...text.matchAll(/MessageSid|NumMedia|From|Z/g)].map(({ index }) => index);
  const sidEnds = [...text.matchAll(/MessageSid/g)].flatMap(({ index }) => [
    index + 10,
    index + 44,
  ]);
  const place = fc.oneof(
    fc.constantFrom(...[...near, ...sidAt, ...sidEnds].filter((one) => one > 0)),
    fc.nat(text.length - 1),
  );
  let tried = 0;
  fc.assert(
    fc.property(fc.array(place, { minLength: 1, maxLength: 24 }), (places) => {
      const params = cutAt(text, places);
      if (params === null) return;
      const request = form(params, signature);
      expect(findSigningToken(request, [TOKEN])).toBe(0);
      tried += 1;
      const message = read(request);
      if (message.suspect === null) expect(message.sid).toBe(SID);
      // One of each signature.
      else expect(message.sid).toBe(read(form({ ...params, '': 'x' }, signature)).sid);
    }),
    { numRuns: 1000 },
  );
  expect(tried).toBeGreaterThan(5);
});

/**
 * Cuts a text into names of letters, digits and `_`, sorted, and values. Where choices allow, a name ends
 * inside the text of a `MessageSid`, which hides it best.
 *
 * @param choices from 0 to 1
 */
function cutSorted(text: string, after: string, choices: Iterator<number>): [string, string][] {
  const next = () => Number(choices.next().value ?? 0.5);
  const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(next() * from.length)];
  const pairs: [string, string][] = [];
  let last = after;
  for (let at = 0; at < text.length; ) {
    const run = /^\w*/.exec(text.slice(at))?.[0] ?? '';
    const ends = [...Array(run.length).keys()]
      .map((length) => run.slice(0, length + 1))
      .filter((name) => name > last);
    const hiding = ends.filter((name) => /Mess[ageSid]*$/.test(name));
    const name = pick(hiding.length > 0 && next() < 0.8 ? hiding : ends);
    if (name === undefined) break;
    const valueAt = at + name.length;
    const sidAt = text.indexOf('MessageSid', valueAt + 1);
    const places = [...Array(text.length - valueAt).keys()]
      .map((length) => valueAt + length)
      .filter((place) => (/^\w+/.exec(text.slice(place, place + 40))?.[0] ?? '') > name);
    const beforeSid = places.filter((place) => place < sidAt && place > sidAt - 16);
    const end = pick(beforeSid.length > 0 && next() < 0.8 ? beforeSid : [...places, text.length]);
    pairs.push([name, text.slice(valueAt, end)]);
    last = name;
    at = end ?? text.length;
  }
  return pairs;
}

test.each(CAPTURED)('every cut of %s that has another sid is suspect', (_name, captured) => {
  const { signature } = form(captured);
  const text = joinParams(captured);
  const others = [...text.matchAll(/MessageSid(?=(MM[0-9a-f]{32}))/g)].filter(
    ([, sid]) => sid !== SID,
  );
  let tried = 0;
  fc.assert(
    fc.property(
      fc.nat(Math.max(0, others.length - 1)),
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { maxLength: 40 }),
      (choice, choices) => {
        const found = others[choice];
        if (found === undefined) return;
        const { index, 1: sid = '' } = found;
        const pairs = [
          ['A', text.slice(1, index)],
          ['MessageSid', sid],
          ...cutSorted(text.slice(index + 44), 'MessageSid', choices.values()),
        ];
        const params = Object.fromEntries(pairs) as Record<string, string>;
        if (joinParams(params) !== text) return;
        const request = form({ ...params }, signature);
        expect(findSigningToken(request, [TOKEN])).toBe(0);
        tried += 1;
        expect(read(request).suspect, JSON.stringify(params)).not.toBeNull();
      },
    ),
    { numRuns: 300 },
  );
  if (others.length > 0) expect(tried).toBeGreaterThan(30);
});

test.each(NO_NAME_BEHIND)('no name can begin behind a sid before %j', (next) => {
  const [, behind = ''] = joinParams({ ...ORDINARY, Body: `MessageSid${OTHER}${next}` }).split(
    OTHER,
  );
  const names = [...behind].map((_, length) => behind.slice(0, length + 1));
  expect(names.filter((name) => /^\w+$/.test(name) && name > 'MessageSid')).toEqual([]);
});

test('a name that ends as MessageSid does hides no sid', () => {
  const captured = { ...ORDINARY, Body: `hiMessageSid${OTHER}Z` };
  const [head = '', tail = ''] = joinParams(captured).split(`MessageSid${OTHER}`);
  const at = tail.indexOf(`MessageSid${SID}`);
  for (const length of [9, 10, 12]) {
    const forged = {
      A: head.slice(1),
      MessageSid: OTHER,
      Z: tail.slice(1, at - 2),
      [tail.slice(at - 2, at + length)]: tail.slice(at + length),
    };
    const request = form(forged, form(captured).signature);
    expect(findSigningToken(request, [TOKEN])).toBe(0);
    expect(read(request).suspect).toBe('hidden-message-sid');
  }
});

test('a sid that was moved into the URL is seen', () => {
  const url = `${HOOK}?fallback=1`;
  const captured = { ...ORDINARY, ProfileName: `MessageSid${OTHER}` };
  const signature = getExpectedTwilioSignature(TOKEN, url, captured);
  const [head = '', tail = ''] = joinParams(captured).split(`MessageSid${OTHER}`);
  const request = {
    url: url + head,
    signature,
    params: { MessageSid: OTHER, SmsMessageSid: tail.slice('SmsMessageSid'.length) },
    paramsInUrl: false,
  };
  expect(findSigningToken(request, [TOKEN])).toBe(0);
  expect(read(request).suspect).toBe('hidden-message-sid');
  const asGet = {
    url: url + joinParams(captured),
    signature,
    params: { MessageSid: OTHER },
    paramsInUrl: true,
  };
  expect(findSigningToken(asGet, [TOKEN])).toBe(0);
  expect(read(asGet).suspect).toBe('hidden-message-sid');
});

test('the query of a GET is cut into no form of another sid', () => {
  const { MessageSid: _, ...rest } = {
    ...ORDINARY,
    Body: `hiAccountSid${ACCOUNT}MessageSid${OTHER}Z`,
  };
  for (const params of [
    { MessageSid: SID, ...rest },
    { ...rest, MessageSid: SID },
  ]) {
    const url = `${HOOK}?${new URLSearchParams(params)}`;
    const [, behind = ''] = url.split(`${OTHER}Z`);
    const request = {
      url: url.slice(0, url.indexOf(`AccountSid${ACCOUNT}Message`)),
      signature: getExpectedTwilioSignature(TOKEN, url, {}),
      params: { AccountSid: ACCOUNT, MessageSid: OTHER, Z: behind },
      paramsInUrl: false,
    };
    expect(findSigningToken(request, [TOKEN])).toBe(0);
    expect(read(request).suspect).toBe('hidden-message-sid');
  }
});

test('the very cut that the text asks for is seen', () => {
  const captured = { ...ORDINARY, Body: `hiMessageSid${OTHER}Z` };
  const { MessageSid: _, ...rest } = ORDINARY;
  const text = joinParams(captured);
  const [, tail = ''] = text.split(`${OTHER}Z`);
  const forged = {
    AccountSid: ACCOUNT,
    ApiVersion: rest.ApiVersion,
    Body: 'hi',
    MessageSid: OTHER,
    Z: tail,
  };
  const request = form(forged, form(captured).signature);
  expect(findSigningToken(request, [TOKEN])).toBe(0);
  expect(read(request).suspect).toBe('hidden-message-sid');
});

test('boundaries move and the sid stays: the same message, whatever it says', () => {
  const { Body: _, ...rest } = ORDINARY;
  const moved = { ...rest, Bod: 'yab' };
  const request = form(moved, form(ORDINARY).signature);
  expect(findSigningToken(request, [TOKEN])).toBe(0);
  expect(read(request)).toMatchObject({ sid: SID, suspect: null });
});

test('suspicion is not the sender’s to choose for others', () => {
  expect(suspicionOf({ ...ORDINARY, Body: 'MessageSid' })).toBeNull();
});
