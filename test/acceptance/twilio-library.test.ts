import twilio from 'twilio';
import type { MediaInstance } from 'twilio/lib/rest/api/v2010/account/message/media.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedMessage } from '../../src/simulator/simulated-message.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ACCOUNT, OTHER_ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// Twilio's own helper library, with nothing changed but the host.

const DAY_MS = 86_400_000;

let inbox: TestInbox;
let client: twilio.Twilio;
let album: SimulatedMessage;
beforeAll(async () => {
  inbox = await startTestInbox();
  client = connect(ACCOUNT.sid, ACCOUNT.authToken);
  const attachments = await Promise.all(
    Array.from({ length: 7 }, async (_, n) => ({
      bytes: await smallPicture(50 + n),
      contentType: 'image/png',
    })),
  );
  album = (await inbox.receive({ attachments })).message;
  await inbox.mediaOf(album.sid, 'stored');
});
afterAll(() => inbox.stop());

function connect(accountSid: string, password: string, username = accountSid): twilio.Twilio {
  const connected = twilio(username, password, { accountSid });
  connected.api.baseUrl = inbox.url;
  return connected;
}

/** What the library's pages of any resource are. */
interface Pages {
  instances: { sid: string }[];
  nextPage(): Promise<Pages> | undefined;
  previousPage(): Promise<Pages> | undefined;
}

const media = () => client.messages(album.sid).media;
const sidsOf = (items: { sid: string }[]) => items.map(({ sid }) => sid);
const attached = () => album.media.map(({ sid }) => sid);

describe('media', () => {
  test('list() gives all of them, in the order of the message', async () => {
    expect(sidsOf(await media().list())).toEqual(attached());
  });

  test.each([1, 2, 3, 7, 1000])(
    'list() by pages of %i gives each of them once',
    async (pageSize) => {
      expect(sidsOf(await media().list({ pageSize }))).toEqual(attached());
    },
  );

  test.each([1, 4, 7, 100])('list({ limit: %i }) gives no more than that', async (limit) => {
    expect(sidsOf(await media().list({ limit }))).toEqual(attached().slice(0, limit));
    expect(sidsOf(await media().list({ limit, pageSize: 2 }))).toEqual(attached().slice(0, limit));
  });

  test.each([1, 3, 50])('each() by pages of %i passes by every one of them', async (pageSize) => {
    const seen: string[] = [];
    await new Promise<void>((resolve, reject) => {
      media().each({
        pageSize,
        callback: (item) => seen.push(item.sid),
        done: (error?: Error) => (error ? reject(error) : resolve()),
      });
    });
    expect(seen).toEqual(attached());
  });

  test.each([1, 2, 3])(
    'page() and nextPage() by %i reach the end, previousPage() the begin',
    async (pageSize) => {
      let page: Pages = await media().page({ pageSize });
      const pages = [sidsOf(page.instances)];
      for (let next = page.nextPage(); next !== undefined; next = page.nextPage()) {
        page = await next;
        pages.push(sidsOf(page.instances));
      }
      expect(pages.flat()).toEqual(attached());
      expect(pages.length).toBe(Math.ceil(7 / pageSize));
      const back: string[][] = [sidsOf(page.instances)];
      for (let previous = page.previousPage(); previous; previous = page.previousPage()) {
        page = await previous;
        back.unshift(sidsOf(page.instances));
      }
      expect(back).toEqual(pages);
    },
  );

  test('getPage() opens the URL of a page, pageNumber a page by its number', async () => {
    const first = await media().page({ pageSize: 3 });
    const second = await media().getPage(String(first.nextPageUrl));
    expect(sidsOf(second.instances)).toEqual(attached().slice(3, 6));
    const third = await media().page({ pageSize: 3, pageNumber: 2 });
    expect(sidsOf(third.instances)).toEqual(attached().slice(6));
  });

  test('dateCreated is a day, dateCreatedBefore and dateCreatedAfter an instant', async () => {
    const at = (ms: number) => new Date(Date.now() + ms);
    const found = async (filter: Parameters<ReturnType<typeof media>['list']>[0]) =>
      sidsOf(await media().list({ pageSize: 3, ...filter }));
    // At midnight the day may be yesterday by now.
    const received = (await media().list({ limit: 1 }))[0]?.dateCreated ?? new Date(0);
    expect(await found({ dateCreated: received })).toEqual(attached());
    expect(await found({ dateCreated: new Date(received.getTime() - DAY_MS) })).toEqual([]);
    expect(await found({ dateCreated: new Date(received.getTime() + DAY_MS) })).toEqual([]);
    expect(await found({ dateCreatedBefore: at(DAY_MS) })).toEqual(attached());
    expect(await found({ dateCreatedBefore: at(-DAY_MS) })).toEqual([]);
    expect(await found({ dateCreatedAfter: at(-DAY_MS) })).toEqual(attached());
    expect(await found({ dateCreatedAfter: at(0) })).toEqual([]);
    expect(await found({ dateCreatedAfter: at(-DAY_MS), dateCreatedBefore: at(DAY_MS) })).toEqual(
      attached(),
    );
    expect(await found({ dateCreatedAfter: at(DAY_MS), dateCreatedBefore: at(-DAY_MS) })).toEqual(
      [],
    );
  });

  test('fetch() has every property of the resource', async () => {
    const before = Date.now();
    const [sid = ''] = attached();
    const item: MediaInstance = await media()(sid).fetch();
    expect(item.toJSON()).toEqual({
      accountSid: ACCOUNT.sid,
      contentType: 'image/png',
      dateCreated: expect.any(Date),
      dateUpdated: expect.any(Date),
      parentSid: album.sid,
      sid,
      uri: `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages/${album.sid}/Media/${sid}.json`,
    });
    for (const time of [item.dateCreated, item.dateUpdated]) {
      expect(time.getTime()).toBeGreaterThan(before - 10 * 60_000);
      expect(time.getTime()).toBeLessThanOrEqual(before);
    }
    const [listed] = await media().list({ limit: 1 });
    expect(listed?.toJSON()).toEqual(item.toJSON());
  });

  test('remove() is true; after it fetch() and remove() reject with 404 and 20404', async () => {
    const { message } = await inbox.receive({
      attachments: [{ bytes: await smallPicture(70), contentType: 'image/png' }],
    });
    const [item] = await inbox.mediaOf(message.sid, 'stored');
    const resource = client.messages(message.sid).media(item?.sid ?? '');
    expect((await client.messages(message.sid).fetch()).numMedia).toBe('1');
    expect(await resource.remove()).toBe(true);
    const gone = {
      status: 404,
      code: 20404,
      message: expect.stringMatching(/^The requested resource \/2010-04-01\/.* was not found$/),
      moreInfo: 'https://www.twilio.com/docs/errors/20404',
    };
    await expect(resource.fetch()).rejects.toMatchObject(gone);
    await expect(resource.remove()).rejects.toMatchObject(gone);
    expect(await client.messages(message.sid).media.list()).toEqual([]);
    expect((await client.messages(message.sid).fetch()).numMedia).toBe('0');
    await inbox.api('get', `/api/v1/media/${item?.sid}/content`).expect(404);
  });
});

describe('credentials', () => {
  test('a wrong token rejects with 401 and 20003, whatever is asked for', async () => {
    const stranger = connect(ACCOUNT.sid, 'a-wrong-token').messages;
    const resource = stranger(album.sid).media(attached()[0] ?? '');
    for (const call of [
      () => stranger.list(),
      () => stranger(album.sid).fetch(),
      () => stranger(album.sid).media.list(),
      () => resource.fetch(),
      () => resource.remove(),
    ]) {
      await expect(call()).rejects.toMatchObject({
        status: 401,
        code: 20003,
        message: 'Authenticate',
      });
    }
    expect((await media()(attached()[0] ?? '').fetch()).sid).toBe(attached()[0]);
  });

  test('another account sees its own messages alone', async () => {
    const other = connect(OTHER_ACCOUNT.sid, OTHER_ACCOUNT.authToken);
    expect(await other.messages.list()).toEqual([]);
    await expect(other.messages(album.sid).fetch()).rejects.toMatchObject({ status: 404 });
  });

  test('an API key of ours stands for username and password', async () => {
    const { body: key } = await inbox
      .api('post', '/api/v1/keys')
      .send({ name: 'library', role: 'viewer' })
      .expect(201);
    const viewer = connect(ACCOUNT.sid, key.secret, key.name).messages(album.sid).media;
    expect(sidsOf(await viewer.list())).toEqual(attached());
    await expect(viewer(attached()[0] ?? '').remove()).rejects.toMatchObject({ status: 403 });
  });
});
