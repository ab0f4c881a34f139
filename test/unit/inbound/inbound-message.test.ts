import { describe, expect, test } from 'vitest';
import { readInboundMessage } from '../../../src/inbound/inbound-message.ts';

const API = 'https://api.twilio.com';
const ACCOUNT = `AC${'a1'.repeat(16)}`;
const MESSAGE = `MM${'b2'.repeat(16)}`;
const mediaSid = (n: number) => `ME${String(n).repeat(32)}`;
const mediaUrl = (n: number) =>
  `${API}/2010-04-01/Accounts/${ACCOUNT}/Messages/${MESSAGE}/Media/${mediaSid(n)}`;
const receivedAt = new Date('2026-01-31T10:00:00Z');

const base = { AccountSid: ACCOUNT, MessageSid: MESSAGE, From: '+1', To: '+2', Body: 'hello' };
const read = (params: Record<string, unknown>) =>
  readInboundMessage(params, API, receivedAt, 'webhook');

test('a message with two attachments is read whole', () => {
  const params = {
    ...base,
    NumMedia: '2',
    MediaUrl0: mediaUrl(1),
    MediaContentType0: 'image/jpeg',
    MediaUrl1: mediaUrl(2),
    FromCity: 'OAKLAND',
  };
  expect(read(params)).toEqual({
    sid: MESSAGE,
    accountSid: ACCOUNT,
    from: '+1',
    to: '+2',
    body: 'hello',
    receivedAt,
    source: 'webhook',
    params,
    signatureHash: null,
    suspect: null,
    media: [
      {
        sid: mediaSid(1),
        index: 0,
        url: mediaUrl(1),
        declaredContentType: 'image/jpeg',
        state: 'pending',
        reason: null,
      },
      {
        sid: mediaSid(2),
        index: 1,
        url: mediaUrl(2),
        declaredContentType: null,
        state: 'pending',
        reason: null,
      },
    ],
  });
});

describe('attachments', () => {
  const states = (params: Record<string, unknown>) =>
    read({ ...base, ...params }).media.map(({ index, state, reason }) => [index, state, reason]);

  test.each<[Record<string, unknown>, unknown[][]]>([
    [{ NumMedia: '0' }, []],
    [{}, []],
    [{ NumMedia: '' }, []],
    [{ NumMedia: '1' }, [[0, 'failed', 'MediaUrl0 is missing']]],
    [{ NumMedia: 1, MediaUrl0: mediaUrl(1) }, [[0, 'pending', null]]],
    [{ NumMedia: '0', MediaUrl3: mediaUrl(1) }, [[3, 'pending', null]]],
    [{ NumMedia: '00' }, []],
    [{ NumMedia: 'abc' }, [[0, 'failed', 'NumMedia is "abc", not a number of attachments']]],
    [
      { NumMedia: '101', MediaUrl0: mediaUrl(1) },
      [
        [0, 'pending', null],
        [1, 'failed', 'NumMedia is "101", not a number of attachments'],
      ],
    ],
    [{ NumMedia: '0', MediaUrl100: mediaUrl(1), MediaUrl: 'x', 'MediaUrl0[a]': 'x' }, []],
  ])('of %j are %j', (params, expected) => {
    expect(states(params)).toEqual(expected);
  });

  test('up to a hundred are believed', () => {
    expect(states({ NumMedia: '100' })).toHaveLength(100);
  });

  test('all have different sids, the same each time', () => {
    const params = { ...base, NumMedia: '4', MediaUrl0: mediaUrl(1), MediaUrl1: mediaUrl(1) };
    const sids = read(params).media.map(({ sid }) => sid);
    expect(new Set(sids).size).toBe(4);
    expect(read(params).media.map(({ sid }) => sid)).toEqual(sids);
    expect(sids[0]).toBe(mediaSid(1));
    for (const sid of sids) expect(sid).toMatch(/^ME[0-9a-f]{32}$/);
  });

  test('a very long count is cut in its reason', () => {
    const [media] = read({ ...base, NumMedia: 'x'.repeat(5000) }).media;
    expect(media?.reason?.length).toBeLessThan(100);
  });
});

describe('parameters that a database cannot keep as they are', () => {
  test('NUL and lone surrogates are replaced, in names too', () => {
    const { body, params } = read({ ...base, Body: 'a\0b\ud800', 'n\0': ['\udfff'] });
    expect(body).toBe('a\uFFFDb\uFFFD');
    expect(params).toMatchObject({ 'n\uFFFD': ['\uFFFD'] });
  });

  test('emoji and other pairs stay', () => {
    expect(read({ ...base, Body: '👩‍👩‍👧 ‮שלום' }).body).toBe('👩‍👩‍👧 ‮שלום');
  });

  test('a nesting of thousands of levels is cut', () => {
    const deep = JSON.parse(`${'['.repeat(15_000)}${']'.repeat(15_000)}`);
    const text = JSON.stringify(read({ ...base, deep, fine: { a: [{ b: 1 }] } }).params);
    expect(text).toContain('nested too deeply');
    expect(text).toContain('"fine":{"a":[{"b":1}]}');
  });

  test('addresses are cut where an index needs it, whole in the parameters', () => {
    const long = `${'x'.repeat(99)}👩`;
    const { from, to, params } = read({ ...base, From: long, To: 'y'.repeat(5000) });
    expect(from).toBe(`${'x'.repeat(99)}\uFFFD`);
    expect(to).toBe('y'.repeat(100));
    expect(params).toMatchObject({ From: long, To: 'y'.repeat(5000) });
  });
});
