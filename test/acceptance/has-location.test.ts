import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixturePath } from '../support/fixtures.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox({ EXTRACT_LOCATION: 'true' });
});
afterAll(() => inbox.stop());

test('attachments are listed and counted by whether they tell a place', async () => {
  const bytes = await readFile(fixturePath('photo.jpg'));
  const { message } = await inbox.receive({
    attachments: [
      { bytes, contentType: 'image/jpeg' },
      { bytes: Buffer.from('no place'), contentType: 'text/plain' },
    ],
  });
  const [photo, note] = await inbox.mediaOf(message.sid, 'stored');
  const answer = async (path: string) => (await inbox.api('get', path).expect(200)).body.items;
  for (const [query, sid] of [
    ['hasLocation=true', photo?.sid],
    ['hasLocation=false', note?.sid],
  ]) {
    expect(await answer(`/api/v1/media?${query}`)).toMatchObject([{ sid }]);
    expect(await answer(`/api/v1/media/buckets?${query}`)).toMatchObject([{ count: 1 }]);
  }
  expect(await answer('/api/v1/media?hasLocation=true&contentType=text/')).toEqual([]);
  const { body } = await inbox.api('get', '/api/v1/media?hasLocation=yes').expect(400);
  expect(body.errors).toEqual([{ field: 'hasLocation', message: 'true or false' }]);
});
