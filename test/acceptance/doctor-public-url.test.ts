import type { RequestListener } from 'node:http';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkPublicUrl } from '../../src/doctor/check-public-url.ts';
import { checkWebhook } from '../../src/doctor/check-webhook.ts';
import { standIn } from '../support/stand-in-server.ts';
import { ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const main = { accountSid: ACCOUNT.sid, authToken: ACCOUNT.authToken };
const NOBODY = 'http://127.0.0.1:2';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

describe('the public URL', () => {
  test('is skipped where it is not set', async () => {
    expect(await checkPublicUrl(undefined)).toMatchObject({ state: 'skipped' });
    expect(await checkWebhook(undefined, main)).toMatchObject({ state: 'skipped' });
  });

  test('that leads here is fine', async () => {
    expect(await checkPublicUrl(inbox.url)).toMatchObject({ state: 'ok' });
  });

  test.each<[string, RequestListener, RegExp]>([
    [
      'redirects',
      (_q, response) => response.writeHead(301, { location: 'https://x/' }).end(),
      /https:\/\/x\//,
    ],
    [
      'is of another program',
      (_q, response) => response.end('{"hello":1}'),
      /answers 200, and not as/,
    ],
  ])('that %s', async (_name, listener, detail) => {
    const finding = await checkPublicUrl(await standIn(listener));
    expect(finding).toMatchObject({ state: 'failed', detail: expect.stringMatching(detail) });
  });

  test('where nobody answers', async () => {
    expect(await checkPublicUrl(NOBODY)).toMatchObject({ state: 'failed' });
    expect(await checkWebhook(NOBODY, main)).toMatchObject({ state: 'failed' });
  });
});

describe('the webhook', () => {
  /** A proxy in front of the inbox that changes what it passes on. */
  const proxy = (change: (headers: Record<string, string>) => void) =>
    standIn(async (request, response) => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      change(headers);
      const { host: _, connection: __, 'content-length': ___, ...others } = headers;
      const body = Buffer.concat(await request.toArray());
      const { url = '/', method = 'POST' } = request;
      const answer = await fetch(inbox.url + url, { method, headers: others, body });
      response.writeHead(answer.status).end(await answer.text());
    });

  test('that works leaves no message behind', async () => {
    expect(await checkWebhook(inbox.url, main)).toMatchObject({ state: 'ok' });
    const { body } = await inbox.api('get', '/api/v1/messages').expect(200);
    expect(body.items).toEqual([]);
  });

  test('behind a URL that the server does not know is refused', async () => {
    const finding = await checkWebhook(await proxy(() => {}), main);
    expect(finding).toMatchObject({
      state: 'failed',
      detail: expect.stringContaining('refuses the signature'),
    });
  });

  test('behind a proxy that drops the signature', async () => {
    const url = await proxy((headers) => delete headers['x-twilio-signature']);
    const finding = await checkWebhook(url, main);
    expect(finding.remedy).toContain('forward the header X-Twilio-Signature');
  });

  test('that accepts whatever comes', async () => {
    const url = await standIn((_request, response) => response.end('{"code":"invalid_request"}'));
    expect((await checkWebhook(url, main)).detail).toContain('does not refuse a wrong signature');
  });

  test('of another program', async () => {
    const url = await standIn((_request, response) => response.writeHead(404).end());
    expect((await checkWebhook(url, main)).detail).toContain('it answers 404');
  });
});
