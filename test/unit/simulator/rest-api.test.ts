import { describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  API_KEY,
  attachment,
  basic,
  call,
  OTHER_ACCOUNT,
  startSimulator,
} from '../../support/test-simulator.ts';

const RFC_2822_GMT = /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000$/;

async function oneMedia() {
  const simulator = await startSimulator();
  const message = simulator.createMessage({ attachments: [attachment()] });
  const [media] = message.media;
  if (!media) throw new Error('no media');
  return { simulator, message, media };
}

describe('authentication', () => {
  it.each([
    ['an auth token', basic(ACCOUNT.sid, ACCOUNT.authToken), 307],
    ['an API key', basic(API_KEY.sid, API_KEY.secret), 307],
    ['no credentials', {}, 401],
    ['a wrong token', basic(ACCOUNT.sid, 'wrong'), 401],
    ['the token of another account', basic(ACCOUNT.sid, OTHER_ACCOUNT.authToken), 401],
    ['a bearer token', { Authorization: `Bearer ${ACCOUNT.authToken}` }, 401],
    ['another account', basic(OTHER_ACCOUNT.sid, OTHER_ACCOUNT.authToken), 404],
  ])('answers %s', async (_name, headers, status) => {
    const { simulator, media } = await oneMedia();
    const response = await call(media.url, { headers });
    expect(response.status).toBe(status);
    expect(simulator.requests).toMatchObject([
      { server: 'api', method: 'GET', status, authorized: status !== 401 },
    ]);
  });

  it("refuses in Twilio's shape", async () => {
    const { media } = await oneMedia();
    const response = await call(media.url, { headers: {} });
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic /);
    expect(await response.json()).toEqual({
      code: 20003,
      message: 'Authenticate',
      more_info: 'https://www.twilio.com/docs/errors/20003',
      status: 401,
    });
  });
});

describe('media', () => {
  it('redirects to a new link on the media host', async () => {
    const { simulator, message, media } = await oneMedia();
    const response = await call(media.url);
    const first = new URL(response.headers.get('location') ?? '');
    const second = (await call(media.url)).headers.get('location');
    expect(response.status).toBe(307);
    expect(first.host).toBe(simulator.mediaHost);
    expect(first.pathname).toMatch(new RegExp(`^/${message.accountSid}/[0-9a-f]{64}$`));
    expect([...first.searchParams.keys()]).toEqual(['Expires', 'Signature']);
    expect(second).not.toBe(first.href);
    expect(simulator.requests.map(({ mediaSid }) => mediaSid)).toEqual([media.sid, media.sid]);
  });

  it('describes a media', async () => {
    const { message, media } = await oneMedia();
    const body = await (await call(`${media.url}.json`)).json();
    expect(body).toEqual({
      account_sid: ACCOUNT.sid,
      content_type: 'image/png',
      date_created: expect.stringMatching(RFC_2822_GMT),
      date_updated: expect.stringMatching(RFC_2822_GMT),
      parent_sid: message.sid,
      sid: media.sid,
      uri: `${new URL(media.url).pathname}.json`,
    });
  });

  it('knows a media under its own message only', async () => {
    const { simulator, message, media } = await oneMedia();
    const other = simulator.createMessage({ attachments: [] });
    const response = await call(media.url.replace(message.sid, other.sid));
    expect(response.status).toBe(404);
  });

  it.each(['', '.json'])('deletes a media by its URL%s, once', async (suffix) => {
    const { simulator, media } = await oneMedia();
    const answers = [];
    for (let time = 0; time < 2; time += 1) {
      answers.push(await call(media.url + suffix, { method: 'DELETE' }));
    }
    answers.push(await call(media.url));
    expect(answers.map(({ status }) => status)).toEqual([204, 404, 404]);
    expect(await answers[1]?.json()).toMatchObject({ code: 20404, status: 404 });
    expect(simulator.mediaExists(media.sid)).toBe(false);
  });

  it('lists the media of a message in pages that no deletion tears apart', async () => {
    const simulator = await startSimulator();
    const message = simulator.createMessage({
      attachments: Array.from({ length: 5 }, () => attachment()),
    });
    const seen: string[] = [];
    let next: string | null =
      `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages/${message.sid}/Media.json?PageSize=2`;
    const pages: unknown[] = [];
    while (next) {
      const page: { next_page_uri: string | null; media_list: { sid: string }[] } = await (
        await call(simulator.apiBaseUrl + next)
      ).json();
      pages.push(page);
      for (const { sid } of page.media_list) {
        seen.push(sid);
        await call(message.media.find((media) => media.sid === sid)?.url ?? '', {
          method: 'DELETE',
        });
      }
      next = page.next_page_uri;
    }
    expect(seen.toSorted()).toEqual(message.media.map(({ sid }) => sid).toSorted());
    expect(pages).toMatchObject([
      { page: 0, page_size: 2, start: 0, end: 1, previous_page_uri: null },
      { page: 1, page_size: 2, start: 2, end: 3 },
      { page: 2, page_size: 2, start: 4, end: 4, next_page_uri: null },
    ]);
  });

  it('skips to a page by its number', async () => {
    const simulator = await startSimulator();
    const { media, sid } = simulator.createMessage({
      attachments: Array.from({ length: 3 }, () => attachment()),
    });
    const list = `${simulator.apiBaseUrl}/2010-04-01/Accounts/${ACCOUNT.sid}/Messages/${sid}/Media.json`;
    const page = await (await call(`${list}?PageSize=2&Page=1`)).json();
    expect(page.media_list.map((item: { sid: string }) => item.sid)).toEqual([media[0]?.sid]);
  });

  it.each([
    'PageSize=0',
    'PageSize=1001',
    'PageSize=ten',
    'Page=-1',
    'PageToken=x',
    'DateCreated=x',
  ])('refuses the query %s', async (query) => {
    const { media } = await oneMedia();
    const list = media.url.replace(/\/ME\w+$/, '.json');
    const response = await call(`${list}?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ status: 400, code: expect.any(Number) });
  });
});

describe('messages', () => {
  it('describes an inbound message', async () => {
    const simulator = await startSimulator();
    const { sid } = simulator.createMessage({ body: 'Hi', attachments: [attachment()] });
    const path = `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages/${sid}`;
    const body = await (await call(`${simulator.apiBaseUrl}${path}.json`)).json();
    expect(body).toMatchObject({
      sid,
      body: 'Hi',
      direction: 'inbound',
      status: 'received',
      num_media: '1',
      date_sent: expect.stringMatching(RFC_2822_GMT),
      subresource_uris: { media: `${path}/Media.json` },
    });
  });

  it('deletes a message with its media', async () => {
    const { simulator, message, media } = await oneMedia();
    const url = media.url.replace(/\/Media\/.*$/, '.json');
    const deleted = await call(url, { method: 'DELETE' });
    const again = await call(url);
    expect([deleted.status, again.status]).toEqual([204, 404]);
    expect(simulator.mediaExists(media.sid)).toBe(false);
    expect(message.sid).toMatch(/^MM/);
  });

  it('lists messages by address and date, newest first', async () => {
    const simulator = await startSimulator();
    const [first, second] = ['+14155550111', '+14155550122'].map((to) =>
      simulator.createMessage({ to, attachments: [] }),
    );
    simulator.createMessage({ accountSid: OTHER_ACCOUNT.sid, attachments: [] });
    const day = (offset: number): string =>
      new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    const list = async (query: string): Promise<string[]> => {
      const url = `${simulator.apiBaseUrl}/2010-04-01/Accounts/${ACCOUNT.sid}/Messages.json?${query}`;
      const { messages } = await (await call(url)).json();
      return messages.map((message: { sid: string }) => message.sid);
    };
    const all = [second?.sid, first?.sid];
    expect(await list('')).toEqual(all);
    expect(await list('To=%2B14155550111')).toEqual([first?.sid]);
    expect(await list('From=%2B10000000000')).toEqual([]);
    expect(await list(`DateSent>=${day(-1)}`)).toEqual(all);
    expect(await list(`DateSent%3E=${day(1)}`)).toEqual([]);
    expect(await list(`DateSent<=${day(-1)}`)).toEqual([]);
    expect(await list(`DateSent<=${day(0)}`)).toEqual(all);
    expect(await list(`DateSent=${day(-3)}`)).toEqual([]);
    expect(await list(`DateSent>=${day(-1)}T00:00:00Z&DateSent<=${day(1)}T00:00:00Z`)).toEqual(all);
    expect(await list('PageSize=1&Page=1')).toEqual([first?.sid]);
  });
});

it.each([
  ['GET', '/'],
  ['GET', `/2010-04-01/Accounts/${ACCOUNT.sid}/Calls.json`],
  ['POST', `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages.json`],
  ['GET', `/2010-04-01/accounts/${ACCOUNT.sid}/Messages.json`],
  ['HEAD', `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages.json`],
])('has nothing at %s %s', async (method, path) => {
  const simulator = await startSimulator();
  expect((await call(simulator.apiBaseUrl + path, { method })).status).toBe(404);
});
