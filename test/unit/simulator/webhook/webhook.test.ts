import type { ServerResponse } from 'node:http';
import twilio from 'twilio';
import { Agent } from 'undici';
import { describe, expect, it } from 'vitest';
import { deliverWebhook } from '../../../../src/simulator/webhook/deliver-webhook.ts';
import { buildWebhookRequest } from '../../../../src/simulator/webhook/webhook-request.ts';
import { type ReceivedRequest, startReceiver } from '../../../support/test-receiver.ts';
import {
  ACCOUNT,
  attachment,
  OTHER_ACCOUNT,
  startSimulator,
} from '../../../support/test-simulator.ts';

const signatureOf = ({ headers }: ReceivedRequest): string =>
  String(headers['x-twilio-signature'] ?? '');

async function receive(options: object = {}, suffix = '/twilio/incoming') {
  const simulator = await startSimulator();
  const receiver = await startReceiver();
  const message = simulator.createMessage({
    body: 'Schöne Grüße & mehr',
    attachments: [attachment()],
  });
  const outcome = await simulator.deliver(message, { url: receiver.url + suffix, ...options });
  const [request] = receiver.received;
  if (!request) throw new Error('nothing received');
  return { simulator, message, outcome, request, url: receiver.url + request.path };
}

const formOf = (request: ReceivedRequest): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(request.body));

describe('the request', () => {
  it('posts a signed form with every parameter', async () => {
    const { message, outcome, request, url } = await receive();
    expect(outcome).toMatchObject({ status: 200, errorCode: null, replies: [] });
    expect(formOf(request)).toEqual(message.params);
    expect(request.headers).toMatchObject({
      'user-agent': 'TwilioProxy/1.1',
      'i-twilio-idempotency-token': expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(
      twilio.validateRequest(ACCOUNT.authToken, signatureOf(request), url, message.params),
    ).toBe(true);
  });

  it('carries what Twilio says about a message', async () => {
    const { message } = await receive();
    expect(message.params).toMatchObject({
      ToCountry: 'US',
      ToState: 'CA',
      SmsMessageSid: message.sid,
      NumMedia: '1',
      SmsSid: message.sid,
      SmsStatus: 'received',
      MessageSid: message.sid,
      AccountSid: ACCOUNT.sid,
      ApiVersion: '2010-04-01',
      MediaUrl0: message.media[0]?.url,
      MediaContentType0: 'image/png',
    });
  });

  it('puts the parameters into the query of a GET', async () => {
    const { message, request, url } = await receive({ method: 'GET' }, '/in?tenant=7');
    const query = Object.fromEntries(new URL(url).searchParams);
    expect(request).toMatchObject({ method: 'GET', body: '' });
    expect(query).toEqual({ tenant: '7', ...message.params });
    expect(twilio.validateRequest(ACCOUNT.authToken, signatureOf(request), url, {})).toBe(true);
  });

  it('signs JSON by the hash of its body', async () => {
    const { message, request, url } = await receive({ encoding: 'json' });
    expect(JSON.parse(request.body)).toEqual(message.params);
    expect(request.headers['content-type']).toBe('application/json');
    expect(
      twilio.validateRequestWithBody(ACCOUNT.authToken, signatureOf(request), url, request.body),
    ).toBe(true);
  });

  it('signs repeated and overriding parameters', async () => {
    const params = { Body: 'other', Extra: ['b', 'a'] };
    const { message, request, url } = await receive({ params });
    expect(new URLSearchParams(request.body).getAll('Extra')).toEqual(['b', 'a']);
    const signed = { ...message.params, ...params };
    expect(twilio.validateRequest(ACCOUNT.authToken, signatureOf(request), url, signed)).toBe(true);
  });

  it('neither sends nor signs a fragment or user information', async () => {
    const simulator = await startSimulator();
    const { url, received } = await startReceiver();
    const message = simulator.createMessage({ attachments: [] });
    await simulator.deliver(message, {
      url: `${url.replace('://', '://user:p%40ss@')}/in#rc=5&rp=all`,
    });
    const [request] = received;
    expect(request?.path).toBe('/in');
    expect(request?.headers.authorization).toBe(
      `Basic ${Buffer.from('user:p@ss').toString('base64')}`,
    );
    const signature = request ? signatureOf(request) : '';
    expect(twilio.validateRequest(ACCOUNT.authToken, signature, `${url}/in`, message.params)).toBe(
      true,
    );
  });

  it('signs another URL when told to', async () => {
    const signedUrl = 'https://inbox.example.com/twilio/incoming';
    const { message, request, url } = await receive({ signedUrl });
    const valid = (signed: string): boolean =>
      twilio.validateRequest(ACCOUNT.authToken, signatureOf(request), signed, message.params);
    expect([valid(signedUrl), valid(url)]).toEqual([true, false]);
  });

  it("signs a subaccount's message with its own token", async () => {
    const simulator = await startSimulator();
    const { url, received } = await startReceiver();
    const message = simulator.createMessage({ accountSid: OTHER_ACCOUNT.sid, attachments: [] });
    await simulator.deliver(message, { url: `${url}/in` });
    const signature = received[0] ? signatureOf(received[0]) : '';
    expect(
      twilio.validateRequest(OTHER_ACCOUNT.authToken, signature, `${url}/in`, message.params),
    ).toBe(true);
  });

  it('signs wrongly, or not at all', async () => {
    const wrong = await receive({ signature: 'wrong' });
    expect(signatureOf(wrong.request)).toMatch(/=$/);
    expect(
      twilio.validateRequest(
        ACCOUNT.authToken,
        signatureOf(wrong.request),
        wrong.url,
        wrong.message.params,
      ),
    ).toBe(false);
    const missing = await receive({ signature: 'missing' });
    expect(missing.request.headers).not.toHaveProperty('x-twilio-signature');
  });

  it('does not send JSON by GET', () => {
    const options = { url: 'http://localhost/', method: 'GET', encoding: 'json' } as const;
    expect(() => buildWebhookRequest({}, 'token', options)).toThrow(TypeError);
  });
});

describe('the outcome', () => {
  const answering = (status: number, type: string | null, body: string) => (res: ServerResponse) =>
    res.writeHead(status, type === null ? {} : { 'Content-Type': type }).end(body);

  it.each([
    ['a reply', answering(200, 'text/xml', '<Response><Message>Hi</Message></Response>'), null],
    ['no content', answering(204, null, ''), null],
    ['no content type', answering(200, null, '<Response/>'), 12300],
    ['JSON', answering(200, 'application/json', '{}'), 12300],
    ['broken XML', answering(200, 'text/xml', '<Response>'), 12100],
    ['a server error', answering(500, 'text/xml', '<Response/>'), 11200],
    ['a refusal', answering(403, 'text/plain', 'no'), 11200],
    ['a broken connection', (res: ServerResponse) => void res.destroy(), 11205],
  ])('of %s has the code Twilio would log', async (_name, answer, errorCode) => {
    const simulator = await startSimulator();
    const { url } = await startReceiver(answer);
    const message = simulator.createMessage({ attachments: [] });
    expect((await simulator.deliver(message, { url })).errorCode).toBe(errorCode);
  });

  it('of an address where nobody listens is a failed connection', async () => {
    const simulator = await startSimulator();
    const gone = await startSimulator();
    await gone.stop();
    const message = simulator.createMessage({ attachments: [] });
    const outcome = await simulator.deliver(message, { url: gone.apiBaseUrl });
    expect(outcome).toMatchObject({ status: null, contentType: null, errorCode: 11205 });
  });

  it('of silence is a failed retrieval after the time allowed', async () => {
    const { url } = await startReceiver(() => undefined);
    const dispatcher = new Agent();
    const webhook = buildWebhookRequest({}, 'token', { url });
    const outcome = await deliverWebhook(webhook, { dispatcher, totalMs: 60 });
    await dispatcher.destroy();
    expect(outcome).toMatchObject({ status: null, errorCode: 11200 });
    expect(outcome.milliseconds).toBeGreaterThanOrEqual(50);
  });

  it('is not given when the caller or the simulator stops first', async () => {
    const simulator = await startSimulator();
    const { url } = await startReceiver(() => undefined);
    const message = simulator.createMessage({ attachments: [] });
    const given = new AbortController();
    const aborted = simulator.deliver(message, { url, signal: given.signal });
    given.abort(new Error('enough'));
    await expect(aborted).rejects.toThrow('enough');
    const stopped = simulator.deliver(message, { url });
    const rejection = expect(stopped).rejects.toThrow('The simulator was stopped');
    await simulator.stop();
    await rejection;
  });
});

describe('createMessage', () => {
  it('takes what it is given', async () => {
    const simulator = await startSimulator();
    const messageSid = `MM${'1'.repeat(32)}`;
    const { params } = simulator.createMessage({
      messageSid,
      from: 'whatsapp:+4915112345678',
      to: 'whatsapp:+14155550100',
      attachments: [{ ...attachment(), declaredContentType: 'application/octet-stream' }],
      extra: { MessagingServiceSid: `MG${'2'.repeat(32)}` },
    });
    expect(params).toMatchObject({
      MessageSid: messageSid,
      From: 'whatsapp:+4915112345678',
      WaId: '4915112345678',
      MediaContentType0: 'application/octet-stream',
      MessagingServiceSid: `MG${'2'.repeat(32)}`,
    });
    expect(params).not.toHaveProperty('FromCountry');
  });

  it('refuses what cannot be at Twilio', async () => {
    const simulator = await startSimulator();
    const { sid } = simulator.createMessage({ attachments: [] });
    const create = (input: object) => () => simulator.createMessage({ attachments: [], ...input });
    expect(sid).toMatch(/^SM[0-9a-f]{32}$/);
    expect(create({ messageSid: sid })).toThrow('exists already');
    expect(create({ messageSid: 'MM1' })).toThrow(TypeError);
    expect(create({ accountSid: `AC${'f'.repeat(32)}` })).toThrow('no account');
    expect(create({ attachments: Array(11).fill(attachment()) })).toThrow(RangeError);
  });
});
