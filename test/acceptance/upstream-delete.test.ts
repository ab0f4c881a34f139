import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AttachmentFault } from '../../src/simulator/faults.ts';
import type { SimulatedMessage } from '../../src/simulator/simulated-message.ts';
import { ACCOUNT, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let notes = 0;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

async function receiveOne(...faults: AttachmentFault[]) {
  notes += 1;
  const bytes = Buffer.from(`note ${notes}`);
  const attachment = { bytes, contentType: 'text/plain', faults };
  const { message, answer } = await inbox.receive({ attachments: [attachment] });
  expect(answer.status).toBe(200);
  return { message, sid: message.media[0]?.sid ?? '', url: message.media[0]?.url ?? '' };
}

async function storeOne(...faults: AttachmentFault[]) {
  const one = await receiveOne(...faults);
  await inbox.mediaOf(one.message.sid, 'stored');
  return one;
}

const remove = (sid: string) => inbox.api('delete', `/api/v1/media/${sid}`).expect(204);

/** The DELETEs that Twilio got for a media. */
function deletes(sid: string) {
  return inbox.twilio.requests.filter((one) => one.method === 'DELETE' && one.path.includes(sid));
}

/** The log of the jobs that delete this media upstream, once one of them has ended. */
function deleteJob(sid: string) {
  return eventually(async () => {
    const lines = inbox.logLines.map((line) => JSON.parse(line));
    const own = lines.filter((line) => line.mediaSid === sid);
    expect(own).toContainEqual(expect.objectContaining({ job: 'delete-upstream' }));
    return own;
  });
}

/** Waits until a later message has gone the whole way, so that what was to happen has happened. */
async function goOn(): Promise<void> {
  await storeOne();
}

describe('DELETE_UPSTREAM=on-delete, the default', () => {
  test('Twilio’s copy stays until the media is deleted here, and goes then', async () => {
    const { sid, message } = await storeOne();
    await goOn();
    expect(inbox.twilio.mediaExists(sid)).toBe(true);
    expect(deletes(sid)).toEqual([]);
    await remove(sid);
    await eventually(async () => expect(inbox.twilio.mediaExists(sid)).toBe(false));
    expect(deletes(sid)).toMatchObject([{ server: 'api', authorized: true, status: 204 }]);
    const [tombstone] = await inbox.mediaOf(message.sid, 'deleted');
    expect(tombstone).toMatchObject({
      deletedAt: expect.stringMatching(/Z$/),
      from: null,
      to: null,
      body: null,
      sha256: createHash('sha256')
        .update(`note ${notes - 1}`)
        .digest('hex'),
      contentType: null,
      declaredContentType: null,
      byteSize: null,
      preview: null,
    });
  });

  test('a copy that is gone already counts as deleted', async () => {
    const { sid, url } = await storeOne();
    const authorization = `Basic ${btoa(`${ACCOUNT.sid}:${ACCOUNT.authToken}`)}`;
    await fetch(url, { method: 'DELETE', headers: { authorization } });
    await remove(sid);
    expect(await deleteJob(sid)).toContainEqual(expect.objectContaining({ msg: 'job ended' }));
    expect(deletes(sid).map(({ status }) => status)).toEqual([204, 404]);
    expect(await warnings(sid)).toEqual([]);
  });

  test.each([
    ['an outage', { status: 500, code: 20500 }, 'Twilio answered 500, code 20500'],
    ['too early', { status: 409, code: 20009 }, 'Twilio answered 409, code 20009'],
    ['a throttle', { status: 429, code: 20429 }, 'Twilio answered 429, code 20429'],
  ])('%s is tried again later, and does not hold up the deletion', async (_name, fault, reason) => {
    const { sid } = await storeOne({ kind: 'delete-status', times: 1, ...fault });
    await remove(sid);
    await inbox.api('get', `/api/v1/media/${sid}`).expect(404);
    await deleteJob(sid);
    const [warning, ...more] = await warnings(sid);
    expect(warning).toMatchObject({
      msg: `upstream copy not deleted yet: ${reason}`,
      attempts: 0,
    });
    expect(more).toEqual([]);
    const wait = Date.parse(warning.startAfter) - warning.time;
    expect(wait).toBeGreaterThan(59_000);
    expect(wait).toBeLessThan(76_000);
    expect(deletes(sid)).toHaveLength(1);
  });

  test('a media that never arrived here is deleted at Twilio too', async () => {
    const { sid } = await receiveOne({ kind: 'hang', afterBytes: 2 });
    const incoming = join(inbox.dataDir, 'blobs', 'incoming');
    await eventually(async () => expect(await readdir(incoming)).toHaveLength(1));
    await remove(sid);
    expect(await readdir(incoming), 'the half that was here is gone').toEqual([]);
    await eventually(async () => expect(inbox.twilio.mediaExists(sid)).toBe(false));
  });

  test.each([
    ['on another host', { MediaUrl0: 'https://evil.example/media' }],
    [
      'of another account',
      { MediaUrl0: `https://api.twilio.com/2010-04-01/Accounts/AC${'9'.repeat(32)}/x` },
    ],
    ['that is missing', { MediaUrl0: '' }],
  ])('a media URL %s has no copy to delete, and no job', async (_name, params) => {
    const { message } = await inbox.receive(
      { attachments: [{ bytes: Buffer.from('x'), contentType: 'text/plain' }] },
      { params },
    );
    const [failed] = await inbox.mediaOf(message.sid, 'failed');
    const sid = failed?.sid ?? '';
    await remove(sid);
    await goOn();
    const lines = inbox.logLines.map((line) => JSON.parse(line));
    expect(lines.filter(({ job, mediaSid }) => job && mediaSid === sid)).toEqual([]);
    expect(inbox.twilio.requests.filter(({ method }) => method === 'DELETE')).not.toContainEqual(
      expect.objectContaining({ path: expect.stringContaining(message.sid) }),
    );
  });

  test('what was imported by hand has no copy at Twilio', async () => {
    const before = inbox.twilio.requests.length;
    const { body } = await inbox
      .api('post', '/api/v1/media')
      .attach('files', Buffer.from('by hand'), 'note.txt')
      .expect(201);
    const [media] = await inbox.mediaOf(body.messageSid, 'stored');
    await remove(media?.sid ?? '');
    await goOn();
    const later = inbox.twilio.requests.slice(before);
    expect(later.filter(({ method }) => method === 'DELETE')).toEqual([]);
  });
});

describe('DELETE_UPSTREAM=after-store', () => {
  beforeAll(() => inbox.restart({ DELETE_UPSTREAM: 'after-store' }));

  test('Twilio’s copy goes once ours is complete, which stays', async () => {
    const { sid } = await storeOne();
    await eventually(async () => expect(inbox.twilio.mediaExists(sid)).toBe(false));
    const content = await inbox.api('get', `/api/v1/media/${sid}/content`).expect(200);
    expect(content.text).toBe(`note ${notes}`);
    await remove(sid);
    await goOn();
    expect(deletes(sid)).toHaveLength(1);
  });

  test('the only copy is not deleted while ours is not there', async () => {
    const redirect = { kind: 'redirect', location: 'https://evil.example/' } as const;
    const { sid, message } = await receiveOne(redirect);
    await inbox.mediaOf(message.sid, 'failed');
    await goOn();
    expect(inbox.twilio.mediaExists(sid)).toBe(true);
    expect(deletes(sid)).toEqual([]);
  });

  test('the same file in two messages is deleted in both places', async () => {
    const bytes = Buffer.from('the very same');
    const messages: SimulatedMessage[] = [];
    for (let n = 0; n < 2; n += 1) {
      const attachments = [{ bytes, contentType: 'text/plain' }];
      messages.push((await inbox.receive({ attachments })).message);
    }
    for (const { media } of messages) {
      await eventually(async () =>
        expect(inbox.twilio.mediaExists(media[0]?.sid ?? '')).toBe(false),
      );
    }
  });
});

describe('DELETE_UPSTREAM=never', () => {
  beforeAll(() => inbox.restart({ DELETE_UPSTREAM: 'never' }));

  test('Twilio’s copy stays when ours is deleted', async () => {
    const { sid } = await storeOne();
    await remove(sid);
    await inbox.api('get', `/api/v1/media/${sid}/content`).expect(404);
    await goOn();
    expect(inbox.twilio.mediaExists(sid)).toBe(true);
    expect(deletes(sid)).toEqual([]);
  });
});

async function warnings(sid: string) {
  return (await deleteJob(sid)).filter(({ level }) => level >= 40);
}
