import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findBytes } from '../support/find-bytes.ts';
import { type ForeignTwilio, startForeignTwilio } from '../support/foreign-twilio.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { eventually } from '../support/test-inbox.ts';

const ACCOUNT = { sid: `AC${'f0'.repeat(16)}`, authToken: 'a-foreign-auth-token' };
const KEY = 'bootstrap-key-of-the-operator';

let twilio: ForeignTwilio;
let database: TestDatabase;
let inbox: InboxProcess;
beforeAll(async () => {
  twilio = await startForeignTwilio(ACCOUNT);
  database = await createTestDatabase();
  inbox = await startInboxProcess({
    TWILIO_ACCOUNT_SID: ACCOUNT.sid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    TWILIO_API_BASE_URL: twilio.apiBaseUrl,
    MEDIA_REDIRECT_HOSTS: twilio.mediaHost,
    ADMIN_API_KEY: KEY,
    DATA_DIR: database.dataDir,
    ...(database.databaseUrl ? { DATABASE_URL: database.databaseUrl } : {}),
  });
});
afterAll(async () => {
  await inbox.end('SIGKILL');
  twilio.stop();
  await database.remove();
});

function api(path: string, method = 'GET'): Promise<Response> {
  return fetch(inbox.url + path, { method, headers: { authorization: `Bearer ${KEY}` } });
}

test('ten images from a Twilio that is not ours: stored, shown, deleted without a trace', async () => {
  const files = await Promise.all(
    Array.from({ length: 10 }, async (_, n) => ({
      bytes: await sharp({
        create: {
          width: 1400 + n,
          height: 900,
          channels: 3,
          background: { r: 25 * n, g: 90, b: 160 },
        },
      })
        .jpeg()
        .toBuffer(),
      contentType: 'image/jpeg',
    })),
  );
  const params = twilio.message(files);
  const answer = await twilio.post(inbox.url, params);
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('<Response/>');

  const items = await eventually(async () => {
    const list = await (await api(`/api/v1/media?messageSid=${params.MessageSid}`)).json();
    expect(list.items.map(({ state }: { state: string }) => state)).toEqual(
      Array(10).fill('stored'),
    );
    return list.items as { sid: string; index: number; sha256: string }[];
  });
  for (const { sid, index, sha256 } of items) {
    expect(sha256).toBe(
      createHash('sha256')
        .update(files[index]?.bytes ?? '')
        .digest('hex'),
    );
    for (const [size, width] of Object.entries({ small: 160, medium: 480, large: 1280 })) {
      const { info } = await sharp(await thumbnail(sid, size))
        .raw()
        .toBuffer({ resolveWithObject: true });
      expect(info.width).toBe(width);
    }
  }

  const thumbnails = await Promise.all(
    items.flatMap(({ sid }) => ['small', 'medium', 'large'].map((size) => thumbnail(sid, size))),
  );
  for (const { sid } of items)
    expect((await api(`/api/v1/media/${sid}`, 'DELETE')).status).toBe(204);
  expect((await (await api('/api/v1/media')).json()).items).toEqual([]);
  const bytes = [...files.map((file) => file.bytes), ...thumbnails];
  expect(await findBytes(database.dataDir, ...bytes)).toEqual([]);
  await eventually(async () => {
    expect(twilio.deleted.toSorted()).toEqual(items.map(({ sid }) => sid).toSorted());
  });
});

async function thumbnail(sid: string, size: string): Promise<Buffer> {
  const response = await api(`/api/v1/media/${sid}/thumbnail?size=${size}`);
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}
