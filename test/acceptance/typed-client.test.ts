import createClient from 'openapi-fetch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { paths } from '../../src/client/api-types.d.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// As docs/api.md tells users to make one.

let inbox: TestInbox;
let api: ReturnType<typeof createClient<paths>>;
beforeAll(async () => {
  inbox = await startTestInbox();
  api = createClient<paths>({
    baseUrl: inbox.url,
    headers: { Authorization: `Bearer ${ADMIN_KEY}` },
  });
});
afterAll(() => inbox.stop());

test('a generated client imports, lists, decides and deletes', async () => {
  const form = new FormData();
  form.append('files', new Blob(['hello'], { type: 'text/plain' }), 'hello.txt');
  form.append('from', '+15551234567');
  const imported = await api.POST('/api/v1/media', {
    // The types describe the fields; a form is sent as it is.
    body: { files: [], from: '+15551234567' },
    bodySerializer: () => form,
  });
  expect(imported.response.status).toBe(201);
  const sid = imported.data?.items[0]?.sid ?? '';

  const listed = await eventually(async () => {
    const { data } = await api.GET('/api/v1/media', {
      params: { query: { state: 'stored', from: '+15551234567', limit: 10, links: true } },
    });
    expect(data?.items.map((item) => item.sid)).toEqual([sid]);
    return data;
  });
  expect(listed?.items[0]?.preview?.kind).toBe('text');
  expect(listed?.nextCursor).toBeNull();

  const params = { path: { sid } };
  const decided = await api.POST('/api/v1/media/{sid}/decision', {
    params,
    body: { decision: 'hold', expected: 'visible', reasonCode: 'check' },
  });
  expect(decided.data).toMatchObject({ moderation: 'held', changed: true });
  const again = await api.POST('/api/v1/media/{sid}/decision', {
    params,
    body: { decision: 'approve', expected: 'quarantined' },
  });
  expect(again.error?.code).toBe('decided_meanwhile');

  const deleted = await api.DELETE('/api/v1/media/{sid}', { params });
  expect(deleted.response.status).toBe(204);
  const gone = await api.GET('/api/v1/media/{sid}', { params });
  expect(gone.error?.code).toBe('media_deleted');
});
