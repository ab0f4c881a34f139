import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { callTwilioApi, expectRefusal, messagesPath, OWN } from '../support/twilio-request.ts';

let inbox: TestInbox;
let message: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  const attachments = await Promise.all(
    [1, 2, 3].map(async (n) => ({ bytes: await smallPicture(n), contentType: 'image/png' })),
  );
  const album = (await inbox.receive({ attachments })).message;
  await inbox.mediaOf(album.sid, 'stored');
  message = `${messagesPath()}/${album.sid}`;
});
afterAll(() => inbox.stop());

const call = (path: string, authorization: string | null = OWN, method = 'GET') =>
  callTwilioApi(inbox, path, authorization, method);
const refused = (path: string, answer: [number, number], authorization = OWN) =>
  expectRefusal(inbox, path, answer, authorization);

describe('paging', () => {
  const lists = () => [`${message}/Media.json`, `${messagesPath()}.json`, `${message}/Media.xml`];

  test.each([
    ['PageSize=0', 20001],
    ['PageSize=-1', 20001],
    ['PageSize=5000', 20007],
    ['PageSize=1001', 20007],
    ['PageSize=abc', 20001],
    ['PageSize=1.5', 20001],
    ['PageSize=1e2', 20001],
    ['PageSize=99999999999999999999', 20001],
    ['PageSize=%00', 20001],
    ['Page=abc', 20001],
    ['Page=-1', 20001],
    ['Page=99999999999999999999', 20001],
    ['PageToken=garbage', 20001],
    ['PageToken=PT', 20001],
    [`PageToken=${'P'.repeat(5000)}`, 20001],
    ['PageToken=%00', 20001],
  ])('%s is 400', async (query, code) => {
    for (const list of lists()) {
      const error = await refused(`${list}?${query}`, [400, code]);
      expect(error.message).toContain(query.split('=')[0]);
    }
  });

  test.each(['PageSize=', 'Page=', 'PageToken=', 'PageSize=1000', 'Unknown=1'])(
    '%s is fine',
    async (query) => {
      for (const list of lists()) expect((await call(`${list}?${query}`)).status).toBe(200);
    },
  );

  test('a page after the last is empty, and leads back', async () => {
    const page = await (await call(`${message}/Media.json?PageSize=2&Page=7`)).json();
    expect(page).toMatchObject({ media_list: [], page: 7, total: 3, next_page_uri: null });
    expect([page.start, page.end]).toEqual([14, 14]);
    const last = await (await call(page.last_page_uri)).json();
    expect(last.media_list).toHaveLength(1);
  });

  const tokenOf = (uri: string) => new URL(uri, inbox.url).searchParams.get('PageToken') ?? '';

  test('a token is of one list alone', async () => {
    await inbox.receive({ attachments: [] });
    const [ofMedia, ofMessages] = await Promise.all(
      lists()
        .slice(0, 2)
        .map(async (list) => {
          const { next_page_uri } = await (await call(`${list}?PageSize=1`)).json();
          return tokenOf(next_page_uri);
        }),
    );
    await refused(`${messagesPath()}.json?PageToken=${ofMedia}`, [400, 20001]);
    await refused(`${message}/Media.json?PageToken=${ofMessages}`, [400, 20001]);
    const { message: other } = await inbox.receive({ attachments: [] });
    await refused(`${messagesPath()}/${other.sid}/Media.json?PageToken=${ofMedia}`, [400, 20001]);
  });

  test('a token that was written by hand does no harm', async () => {
    const list = `${message}/Media.json?PageSize=1`;
    const token = tokenOf((await (await call(list)).json()).next_page_uri);
    const mark = token.slice(0, -Buffer.from('0').toString('base64url').length);
    for (const key of ['', '-1', 'x', '0 OR 1=1', '99999999999', '1\0', '1.5', '__proto__']) {
      const crafted = mark + Buffer.from(key).toString('base64url');
      await refused(`${list}&PageToken=${crafted}`, [400, 20001]);
    }
    const far = mark + Buffer.from('999999999').toString('base64url');
    expect((await (await call(`${list}&PageToken=${far}`)).json()).media_list).toEqual([]);

    const all = `${messagesPath()}.json?PageSize=1`;
    const ofAll = tokenOf((await (await call(all)).json()).next_page_uri);
    const allMark = ofAll.slice(0, 18);
    const sid = `MM${'0'.repeat(32)}`;
    for (const key of [
      `x ${sid}`,
      `-1 ${sid}`,
      `1 MM1`,
      `1 ${sid}\0`,
      `1e300 ${sid}`,
      `999999999999999999 ${sid}`,
    ]) {
      const crafted = allMark + Buffer.from(key).toString('base64url');
      await refused(`${all}&PageToken=${crafted}`, [400, 20001]);
    }
    for (const time of ['0', '99999999999999']) {
      const crafted = allMark + Buffer.from(`${time} ${sid}`).toString('base64url');
      expect((await call(`${all}&PageToken=${crafted}`)).status).toBe(200);
    }
  });
});

describe('filters', () => {
  test.each([
    'yesterday',
    '2026-02-30',
    '2026-13-01',
    '2026-1-1',
    '0000-01-01',
    '2026-02-30T10:00:00Z',
    '2026-01-01T25:00:00Z',
    '9999-12-31T23:59:59-23:00',
    '12026-01-01',
    '+012026-01-01T00:00:00Z',
    '%00',
    "2026-01-01';--",
    '1770000000',
  ])('the date %s is 400, compared or not', async (date) => {
    for (const [list, name] of [
      [`${message}/Media`, 'DateCreated'],
      [messagesPath(), 'DateSent'],
    ] as const) {
      for (const query of [
        `${name}=${date}`,
        `${name}<=${date}`,
        `${name}%3E=${date}`,
        `${name}>${date}`,
      ]) {
        const error = await refused(`${list}.json?${query}`, [400, 20001]);
        expect(error.message).toContain(name);
      }
      await refused(`${list}.xml?${name}=${date}`, [400, 20001]);
    }
  });

  test('both inequalities at once are a range', async () => {
    const total = async (query: string) =>
      (await (await call(`${message}/Media.json?${query}`)).json()).total;
    expect(await total('DateCreated>=2026-01-01&DateCreated<=9998-01-01')).toBe(3);
    expect(await total('DateCreated%3E=2026-01-01&DateCreated%3C=9998-01-01')).toBe(3);
    expect(await total('DateCreated>=9998-01-01&DateCreated<=2026-01-01')).toBe(0);
    expect(await total('DateCreated>=2020-01-01&DateCreated<=2020-01-02')).toBe(0);
  });

  test('an empty date is none', async () => {
    for (const query of ['DateCreated=', 'DateCreated<=', 'DateCreated%3E=', 'DateCreatedBy=x']) {
      const list = await (await call(`${message}/Media.json?${query}`)).json();
      expect([query, list.total]).toEqual([query, 3]);
    }
  });

  test('an address with a NUL is 400, what is no address finds nothing', async () => {
    for (const name of ['From', 'To']) {
      for (const extension of ['.json', '.xml', '']) {
        const error = await refused(`${messagesPath()}${extension}?${name}=%2B1%00`, [400, 20001]);
        expect(error.message).toContain(name);
      }
      for (const value of ['%FF', '%ED%A0%80', '%', "'--", 'x'.repeat(5000)]) {
        const list = await (await call(`${messagesPath()}.json?${name}=${value}`)).json();
        expect(list.messages).toEqual([]);
      }
      const list = await (await call(`${messagesPath()}.json?${name}=`)).json();
      expect(list.messages).not.toEqual([]);
    }
  });

  test('a + that was not encoded still begins an address', async () => {
    const list = await (
      await call(`${messagesPath()}.json?From=+14155550123&To=+14155550100`)
    ).json();
    expect(list.messages).not.toEqual([]);
  });
});

test('a request that names a host with an impossible port is answered like any other', async () => {
  const { hostname, port } = new URL(inbox.url);
  const socket = connect(Number(port), hostname);
  const head = ['Host: x', 'Connection: close', `Authorization: ${OWN}`].join('\r\n');
  socket.write(`GET http://x:99999${messagesPath()}.json?PageSize=1 HTTP/1.1\r\n${head}\r\n\r\n`);
  expect(await text(socket)).toMatch(/^HTTP\/1.1 200 OK\r\n.*"page_size":1,/s);
});

test('none of this was logged as an error of ours', () => {
  const errors = inbox.logLines.filter((line) => JSON.parse(line).level >= 50);
  expect(errors).toEqual([]);
});
