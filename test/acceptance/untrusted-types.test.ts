import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { fixturePath } from '../support/fixtures.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { callTwilioApi, messagesPath, OWN } from '../support/twilio-request.ts';

// What a stranger sends must never be a script, a style sheet or a page of this origin.

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox({ PUBLIC_MEDIA_URLS: 'true' });
});
afterAll(() => inbox.stop());

async function receiveOne(bytes: Buffer, contentType: string): Promise<MediaItem> {
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType }] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  return media;
}

/** The headers of the bytes by every road that leads to them. */
async function headersOf({ sid, messageSid }: MediaItem): Promise<Record<string, Headers>> {
  const { body: links } = await inbox
    .api('post', `/api/v1/media/${sid}/links`)
    .send({ stripMetadata: false })
    .expect(201);
  const { body: revealed } = await inbox.api('post', `/api/v1/media/${sid}/reveal`).expect(201);
  const withKey = await inbox.api('get', `/api/v1/media/${sid}/content`).expect(200);
  const twilio = `${messagesPath()}/${messageSid}/Media/${sid}`;
  return {
    key: new Headers(withKey.headers),
    link: (await fetch(links.content)).headers,
    revealed: (await fetch(revealed.content)).headers,
    twilio: (await callTwilioApi(inbox, twilio, OWN)).headers,
    head: (await fetch(links.content, { method: 'HEAD' })).headers,
    part: (await fetch(links.content, { headers: { range: 'bytes=0-3' } })).headers,
  };
}

describe.each([
  ['text/javascript', 'alert(1)'],
  ['TEXT/JavaScript; charset=utf-8', 'alert(2)'],
  ['text/html', '<!doctype html><script>alert(1)</script>'],
  ['image/svg+xml', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
  ['text/css', 'body { background: url(https://example.com) }'],
  ['text/xml', '<?xml version="1.0"?><?xml-stylesheet href="x"?><a/>'],
  ['text/vtt', 'WEBVTT\n\n00:00.000 --> 00:01.000\n<i>a</i>\n'],
])('%s', (type, text) => {
  test('leaves as bytes without a type, for pages of this origin alone', async () => {
    const media = await receiveOne(Buffer.from(text), type);
    for (const [road, headers] of Object.entries(await headersOf(media))) {
      expect([road, headers.get('content-type')]).toEqual([road, 'application/octet-stream']);
      expect(headers.get('content-disposition')).toMatch(/^attachment\b/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
    }
  });
});

test.each([
  ['photo.jpg', 'image/jpeg', 'image/jpeg', 'inline', 'cross-origin'],
  ['photo.heic', 'image/heic', 'image/heic', 'attachment', 'cross-origin'],
  ['video.mp4', 'video/mp4', 'video/mp4', 'inline', 'cross-origin'],
  ['contact-30.vcf', 'text/x-vcard', 'text/vcard; charset=utf-8', 'attachment', 'same-origin'],
  ['event.ics', 'text/calendar', 'text/calendar; charset=utf-8', 'attachment', 'same-origin'],
  ['document.pdf', 'application/pdf', 'application/pdf', 'attachment', 'same-origin'],
  ['note-utf8.txt', 'text/plain', 'text/plain; charset=utf-8', 'inline', 'same-origin'],
])('%s leaves under its own type', async (name, declared, type, disposition, policy) => {
  const headers = await headersOf(await receiveOne(await readFile(fixturePath(name)), declared));
  for (const road of ['key', 'link', 'revealed', 'twilio']) {
    const of = (header: string) => headers[road]?.get(header);
    expect([road, of('content-type')]).toEqual([road, type]);
    expect(of('content-disposition')).toMatch(new RegExp(`^${disposition}\\b`));
    // A key opens nothing to pages of other origins; what needs none they show with <img> or <video>.
    expect(of('cross-origin-resource-policy')).toBe(road === 'key' ? 'same-origin' : policy);
  }
});
