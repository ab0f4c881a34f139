import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkServer } from '../../src/doctor/check-server.ts';
import { standIn } from '../support/stand-in-server.ts';
import { ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const NOBODY = 'http://127.0.0.1:2';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

describe('the running server', () => {
  const check = (more: { url?: string; adminApiKey?: string; blobFolder?: string } = {}) => {
    const { url = inbox.url, adminApiKey = ADMIN_KEY, ...rest } = more;
    const { hostname: host, port } = new URL(url);
    const blobFolder = join(inbox.dataDir, 'blobs');
    return checkServer({ host, port: Number(port), adminApiKey, blobFolder, ...rest });
  };

  test('that has the same key and files is fine', async () => {
    expect(await check()).toMatchObject([{ state: 'ok' }, { state: 'ok', detail: 'none yet' }]);
    const attachments = [{ bytes: Buffer.from('a note'), contentType: 'text/plain' }];
    const { message } = await inbox.receive({ attachments });
    await inbox.mediaOf(message.sid, 'stored');
    expect(await check()).toMatchObject([
      { state: 'ok' },
      { state: 'ok', detail: `the newest is in ${join(inbox.dataDir, 'blobs')}` },
    ]);
  });

  test('that has others is told, and by which variable', async () => {
    expect(await check({ adminApiKey: 'another-key' })).toMatchObject([
      { state: 'failed', remedy: expect.stringContaining('ADMIN_API_KEY') },
    ]);
    expect(await check({ blobFolder: join(inbox.dataDir, 'elsewhere') })).toMatchObject([
      { state: 'ok' },
      { state: 'failed', remedy: expect.stringContaining('BLOB_STORE_URL') },
    ]);
  });

  test('that does not answer, or as another program, is not judged', async () => {
    expect(await check({ url: NOBODY })).toMatchObject([{ state: 'skipped' }]);
    const url = await standIn((_request, response) => response.writeHead(404).end());
    expect(await check({ url })).toMatchObject([{ state: 'skipped' }]);
  });
});
