import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let asViewer: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  asViewer = await callAs(inbox, 'viewer');
});
afterAll(() => inbox.stop());

let received = 0;

/** A message with one attachment. */
async function receive(body: string) {
  received += 1;
  const bytes = Buffer.from(`attachment ${received}`);
  const attachments = [{ bytes, contentType: 'text/plain' }];
  const { message } = await inbox.receive({ body, attachments, from: '+15550007777' });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return { message: message.sid, media: String(media?.sid) };
}

/** The sids that a search finds among messages and among media. */
async function found(text: string, call: CallAs = inbox.api, more = {}) {
  const query = new URLSearchParams({ text, limit: '200', ...more });
  const read = async (list: string) =>
    (await call('get', `/api/v1/${list}?${query}`).expect(200)).body.items.map(
      ({ sid }: { sid: string }) => sid,
    );
  return { messages: await read('messages'), media: await read('media') };
}

const only = ({ message, media }: Awaited<ReturnType<typeof receive>>) => {
  return { messages: [message], media: [media] };
};
const nothing = { messages: [], media: [] };

test('all words, in any order and case, also within longer ones; accents as they are', async () => {
  const sent = await receive('The Roof of our Café is LEAKING, 100% of it_all!');
  await receive('The roof is fine.');
  for (const text of [
    'leak roof',
    'LEAKING',
    ' roof   café ',
    'CAFÉ',
    'of our café',
    '100%',
    'it_a',
  ]) {
    expect([text, await found(text)]).toEqual([text, only(sent)]);
  }
  for (const text of ['cafe', 'leak fine', 'roof%leaking', 'itXall', 'r__f leak', 'leaks']) {
    expect([text, await found(text)]).toEqual([text, nothing]);
  }
});

test('words of one or two letters, and words without letters', async () => {
  const sent = await receive('ok 水漏れ :-) Привет, мир');
  for (const text of ['水漏', '漏れ ok', ':-)', 'ПРИВЕТ мир']) {
    expect([text, await found(text)]).toEqual([text, only(sent)]);
  }
  expect((await found('o')).messages).toContain(sent.message);
});

test('a search is combined with the other filters, and paged', async () => {
  const three = [await receive('tulips 1'), await receive('tulips 2'), await receive('tulips 3')];
  const newest = three.map(({ message }) => message).toReversed();
  expect((await found('tulips')).messages).toEqual(newest);
  expect((await found('tulips', inbox.api, { order: 'oldest' })).messages).toEqual(
    newest.toReversed(),
  );
  expect(await found('tulips', inbox.api, { from: '+19990000000' })).toEqual(nothing);
  const pages: string[] = [];
  for (let cursor = ''; ; ) {
    const path = `/api/v1/messages?text=tulips&limit=1${cursor}`;
    const { body } = await inbox.api('get', path).expect(200);
    pages.push(...body.items.map(({ sid }: { sid: string }) => sid));
    if (body.nextCursor === null) break;
    cursor = `&cursor=${body.nextCursor}`;
  }
  expect(pages).toEqual(newest);
  const { body } = await inbox.api('get', '/api/v1/media/buckets?text=tulips').expect(200);
  expect(body.items).toMatchObject([{ count: 3 }]);
  const filter = { text: 'tulips' };
  const act = { action: 'hold', filter, dryRun: true };
  const dry = await inbox.api('post', '/api/v1/bulk').send(act).expect(200);
  expect(dry.body.total).toBe(3);
});

test('a viewer does not find what is held back by its text', async () => {
  const sent = await receive('a telling marigold');
  const decide = (path: string, decision: string) =>
    inbox.api('post', `/api/v1/${path}/decision`).send({ decision }).expect(200);
  expect(await found('marigold', asViewer)).toEqual(only(sent));
  await decide(`messages/${sent.message}`, 'hold');
  expect(await found('marigold', asViewer)).toEqual(nothing);
  expect(await found('marigold')).toEqual(only(sent));
  await decide(`messages/${sent.message}`, 'approve');
  await decide(`media/${sent.media}`, 'hold');
  expect((await found('marigold', asViewer)).media).toEqual([]);
});

test('what is deleted or erased is not found', async () => {
  const attachment = await receive('a fading dandelion');
  await inbox.api('delete', `/api/v1/media/${attachment.media}`).expect(204);
  expect(await found('dandelion')).toEqual({ messages: [attachment.message], media: [] });
  const { body } = await inbox.api('get', '/api/v1/media?text=dandelion&state=deleted').expect(200);
  expect(body.items).toEqual([]);
  await inbox.api('delete', `/api/v1/messages/${attachment.message}`).expect(204);
  expect(await found('dandelion')).toEqual(nothing);
});

test('what it does not take is refused by name', async () => {
  const message = 'one to ten words, of at most 200 characters in all';
  for (const list of ['messages', 'media', 'media/buckets']) {
    for (const text of ['', ' ', 'a\0b', 'x'.repeat(201), Array(11).fill('a').join(' ')]) {
      const { body } = await inbox
        .api('get', `/api/v1/${list}?${new URLSearchParams({ text })}`)
        .expect(400);
      expect(body.errors).toEqual([{ field: 'text', message }]);
    }
  }
});
