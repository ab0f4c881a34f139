import { afterAll, beforeAll, expect, test } from 'vitest';
import { callAs } from '../support/call-as.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

function importFile(key: string, text = 'a text') {
  return inbox
    .api('post', '/api/v1/media')
    .set('Idempotency-Key', key)
    .attach('files', Buffer.from(text), 'a.txt');
}

async function messageCount(): Promise<number> {
  const { body } = await inbox.api('get', '/api/v1/messages?limit=200').expect(200);
  return body.items.length;
}

test('an import that is repeated with its key is answered again, and imports nothing', async () => {
  const first = await importFile('one', 'the same').expect(201);
  expect(first.headers['idempotency-replayed']).toBeUndefined();
  const before = await messageCount();
  const second = await importFile('one', 'the same').expect(201);
  expect(second.body).toEqual(first.body);
  expect(second.headers.location).toBe(first.headers.location);
  expect(second.headers['idempotency-replayed']).toBe('true');
  expect(await messageCount()).toBe(before);
});

test('of imports at the same time with one key one is made, and all have its answer', async () => {
  const before = await messageCount();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => importFile('many', 'at once').expect(201)),
  );
  expect(new Set(answers.map(({ body }) => body.messageSid)).size).toBe(1);
  expect(await messageCount()).toBe(before + 1);
});

test('a key that was used for something else is refused, and nothing is imported', async () => {
  await importFile('taken', 'this').expect(201);
  const before = await messageCount();
  const { body } = await importFile('taken', 'that').expect(422);
  expect(body.code).toBe('idempotency_key_reused');
  expect(await messageCount()).toBe(before);
});

test('a refused request does not use up its key', async () => {
  await importFile('again', '').expect(400);
  await importFile('again', 'with a byte').expect(201);
});

test('keys belong to their caller', async () => {
  const asAda = await callAs(inbox, 'moderator', 'ada');
  const mine = await importFile('shared', 'a file').expect(201);
  const hers = await asAda('post', '/api/v1/media')
    .set('Idempotency-Key', 'shared')
    .attach('files', Buffer.from('a file'), 'a.txt')
    .expect(201);
  expect(hers.body.messageSid).not.toBe(mine.body.messageSid);
});

test.each([['x'.repeat(201)], ['ü']])('a key like %s is refused by name', async (key) => {
  const { body } = await importFile(
    encodeURI(key) === key ? key : Buffer.from(key).toString('latin1'),
  );
  expect(body).toMatchObject({
    code: 'invalid_request',
    errors: [{ field: 'Idempotency-Key' }],
  });
});

test('a bulk act that is repeated with its key is begun once', async () => {
  const { body: imported } = await importFile('for-bulk', 'held by many').expect(201);
  const begin = (action: string) =>
    inbox
      .api('post', '/api/v1/bulk')
      .set('Idempotency-Key', 'bulk')
      .send({ action, sids: [imported.items[0].sid] });
  const answers = await Promise.all([begin('hold'), begin('hold'), begin('hold')]);
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202]);
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  const { body: acts } = await inbox.api('get', '/api/v1/bulk').expect(200);
  expect(acts.items).toHaveLength(1);
  await begin('approve').expect(422);
  await eventually(async () => {
    const { body } = await inbox.api('get', `/api/v1/bulk/${answers[0]?.body.id}`).expect(200);
    expect(body).toMatchObject({ state: 'done', counts: { changed: 1 } });
  });
});
