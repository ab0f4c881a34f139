import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleAttachments } from '../../src/simulator/samples/sample-attachments.ts';
import { findBytes } from '../support/find-bytes.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

test('a message with every kind of sample is stored, shown and deleted everywhere', async () => {
  const attachments = await sampleAttachments();
  const { message, answer } = await inbox.receive({ body: 'all of them', attachments });
  expect(answer).toMatchObject({ status: 200, errorCode: null, replies: [] });

  const media = await inbox.mediaOf(message.sid, 'stored');
  expect(media).toHaveLength(attachments.length);
  for (const [index, item] of media.entries()) {
    const bytes = Buffer.from(attachments[index]?.bytes ?? []);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(item).toMatchObject({ index, sha256, byteSize: bytes.length, moderation: 'visible' });
    expect(item.declaredContentType).toBe(attachments[index]?.contentType);
    const content = await inbox
      .api('get', `/api/v1/media/${item.sid}/content`)
      .responseType('blob');
    expect(content.status).toBe(200);
    expect(Buffer.compare(content.body, bytes)).toBe(0);
    if (item.preview?.kind !== 'image') continue;
    const original = await sharp(bytes).metadata();
    for (const [size, side] of Object.entries({ small: 160, medium: 480, large: 1280 })) {
      const path = `/api/v1/media/${item.sid}/thumbnail?size=${size}`;
      const { body, type } = await inbox.api('get', path).responseType('blob').expect(200);
      const info = await sharp(body).metadata();
      expect([type, info.exif, info.pages]).toEqual([`image/${info.format}`, undefined, undefined]);
      expect(info.format).toBe(original.hasAlpha ? 'webp' : 'jpeg');
      expect(Math.max(info.width, info.height)).toBe(
        Math.min(side, Math.max(item.width ?? 0, item.height ?? 0)),
      );
    }
  }
  expect(media.filter(({ preview }) => preview?.kind === 'image')).toHaveLength(6);

  for (const item of media) {
    await inbox.api('delete', `/api/v1/media/${item.sid}`).expect(204);
    await inbox.api('delete', `/api/v1/media/${item.sid}`).expect(404);
    await inbox.api('get', `/api/v1/media/${item.sid}`).expect(404);
    await inbox.api('get', `/api/v1/media/${item.sid}/content`).expect(404);
  }
  expect((await inbox.api('get', '/api/v1/media').expect(200)).body.items).toEqual([]);
  const everything = attachments.map(({ bytes }) => Buffer.from(bytes));
  expect(await findBytes(inbox.dataDir, ...everything)).toEqual([]);
  await eventually(async () => {
    const kept = message.media.filter(({ sid }) => inbox.twilio.mediaExists(sid));
    expect(kept).toEqual([]);
  });
});

test('an EXIF-rotated picture is upright and the animated one shows its first frame', async () => {
  const attachments = (await sampleAttachments()).filter(({ name }) =>
    ['balloons.jpg', 'orbit.gif'].includes(name ?? ''),
  );
  const { message } = await inbox.receive({ attachments });
  const [gif, jpeg] = (await inbox.mediaOf(message.sid, 'stored')).sort((a, b) =>
    String(a.contentType).localeCompare(String(b.contentType)),
  );
  expect([jpeg?.width, jpeg?.height]).toEqual([1200, 1600]);
  expect(jpeg?.preview?.sizes.large).toMatchObject({ width: 960, height: 1280 });
  expect(gif?.preview).toMatchObject({ kind: 'animation', sizes: { small: { width: 160 } } });
  expect(Buffer.from(gif?.preview?.thumbhash ?? '', 'base64').length).toBeGreaterThan(4);
});
