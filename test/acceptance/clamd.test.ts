import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ZipFile } from 'yazl';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { EICAR, EICAR_NAME } from '../support/eicar.ts';
import { startFakeClamd, type TestClamd } from '../support/fake-clamd.ts';
import { hasClamd, startRealClamd } from '../support/real-clamd.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// With ClamAV's clamd where it is installed, and with the stand-in elsewhere.

const MIB = 1024 * 1024;
const FOUND = `${EICAR_NAME}.UNOFFICIAL`;

let clamd: TestClamd & { remove?: () => Promise<void> };
let inbox: TestInbox;
let asViewer: CallAs;
let asModerator: CallAs;
beforeAll(async () => {
  clamd = hasClamd()
    ? await startRealClamd('StreamMaxLength 1M', 'AlertExceedsMax yes')
    : await startFakeClamd({ streamMaxLength: MIB });
  inbox = await startTestInbox({ SCAN_URL: clamd.url });
  asViewer = await callAs(inbox, 'viewer');
  asModerator = await callAs(inbox, 'moderator');
});
afterAll(async () => {
  await inbox.stop();
  await (clamd.remove?.() ?? clamd.stop());
});

async function send(bytes: Buffer, contentType: string): Promise<MediaItem> {
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType }] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  return media;
}

async function readiness(): Promise<string> {
  return (await inbox.api('get', '/readyz')).body.parts.scan;
}

async function expectQuarantined({ sid }: MediaItem): Promise<void> {
  await asViewer('get', `/api/v1/media/${sid}`).expect(404);
  await asViewer('get', `/api/v1/media/${sid}/content`).expect(404);
  const { body } = await asModerator('get', `/api/v1/media/${sid}`).expect(200);
  expect(body).toMatchObject({
    moderation: 'quarantined',
    scan: { action: 'quarantine', labels: [FOUND], reason: null },
    decision: { by: 'system:scan', reasonCode: 'scan', reason: FOUND },
  });
  const { body: audit } = await asModerator('get', `/api/v1/audit?target=${sid}`).expect(200);
  expect(audit.items).toMatchObject([{ action: 'media.quarantine', reason: FOUND }]);
}

test('a text that is malware is quarantined under the name of its signature', async () => {
  await expectQuarantined(await send(EICAR, 'text/plain'));
});

test.runIf(hasClamd())('so is a zip with it', async () => {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from('a text'), 'readme.txt');
  zip.addBuffer(EICAR, 'folder/invoice.exe');
  zip.end();
  await expectQuarantined(await send(await buffer(zip.outputStream), 'application/zip'));
});

test('a photo is visible', async () => {
  const { sid } = await send(await smallPicture(1, 'jpeg'), 'image/jpeg');
  const { body } = await asViewer('get', `/api/v1/media/${sid}`).expect(200);
  expect(body).toMatchObject({ moderation: 'visible' });
  await asViewer('get', `/api/v1/media/${sid}/content`).expect(200);
  const { body: seen } = await asModerator('get', `/api/v1/media/${sid}`).expect(200);
  expect(seen.scan).toMatchObject({ action: 'allow', labels: [] });
});

test('a file above StreamMaxLength is held for that reason, and clamd does not count as down', async () => {
  const media = await send(randomBytes(MIB + 1), 'application/octet-stream');
  expect(media).toMatchObject({
    moderation: 'held',
    scan: null,
    decision: {
      reasonCode: 'scan_failed',
      reason: 'the classifier gave no verdict: the file is larger than StreamMaxLength of clamd',
    },
  });
  expect(await readiness()).toBe('ok');
});

test('while clamd is down attachments are held, and scanned once it is back', async () => {
  await clamd.stop();
  const photo = await send(await smallPicture(2, 'jpeg'), 'image/jpeg');
  const malware = await send(Buffer.concat([EICAR, Buffer.from('while it is down')]), 'text/plain');
  for (const { moderation, decision } of [photo, malware]) {
    expect([moderation, decision?.reasonCode]).toEqual(['held', 'scan_failed']);
    expect(decision?.reason).toMatch(/: the request failed \(ECONNREFUSED\)$/);
  }
  await eventually(async () => {
    expect(await readiness()).toMatch(/^degraded: the classifier of SCAN_URL fails: /);
  });
  const lines = inbox.logLines.map((line) => JSON.parse(line));
  expect(lines).toContainEqual(
    expect.objectContaining({
      msg: expect.stringMatching(/^the classifier fails/),
      origin: clamd.url,
    }),
  );
  await clamd.start();
  await eventually(async () => {
    const { body } = await asModerator('get', `/api/v1/media/${photo.sid}`).expect(200);
    expect(body).toMatchObject({ moderation: 'visible', scan: { action: 'allow' } });
    const { body: late } = await asModerator('get', `/api/v1/media/${malware.sid}`).expect(200);
    expect(late).toMatchObject({ moderation: 'quarantined', scan: { labels: [FOUND] } });
    expect(await readiness()).toBe('ok');
  }, 80_000);
}, 120_000);
