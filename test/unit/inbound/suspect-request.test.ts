import fc from 'fast-check';
import { getExpectedTwilioSignature } from 'twilio/lib/webhooks/webhooks.js';
import { expect, test } from 'vitest';
import { readWebhookMessage, type Suspicion } from '../../../src/inbound/suspect-request.ts';
import { findSigningToken, joinParams } from '../../../src/inbound/verify-signature.ts';
import { parseForm, type WebhookRequest } from '../../../src/inbound/webhook-request.ts';

const API = 'https://api.twilio.com';
const HOOK = 'https://mms.example.com/twilio/incoming';
const TOKEN = '12345';
const ACCOUNT = `AC${'a1'.repeat(16)}`;
const SID = `MM${'b2'.repeat(16)}`;
const OTHER = `MM${'c3'.repeat(16)}`;
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
  ['one in the text', { Body: `hiMessageSid${OTHER}Z` }, 'hidden-message-sid'],
  ['one in a list', { Tag: ['a', `MessageSid${OTHER}`] }, 'hidden-message-sid'],
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

test('no cut of a captured form is an ordinary message of another sid', () => {
  // The sender, too, has had a say: the text asks to be cut.
  const hidden = {
    ...ORDINARY,
    Body: `hiFrom+19995550000MessageSid${OTHER}NumMedia0SmsMessageSid${OTHER}Z`,
  };
  for (const captured of [ORDINARY, hidden]) {
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
      { numRuns: 3000 },
    );
    expect(tried).toBeGreaterThan(20);
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
