import { parseArgs } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parseXml } from '../../src/simulator/webhook/deliver-webhook.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { messagesPath, OWN, readError } from '../support/twilio-request.ts';

// The curl lines of Twilio's Media resource page (2018), as they stand there.
const FETCH = `curl -X GET 'https://api.twilio.com/2010-04-01/Accounts/ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX/Messages/MMXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX/Media/MEXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX.json' \\
-u ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:your_auth_token`;
const LIST = `curl -X GET 'https://api.twilio.com/2010-04-01/Accounts/ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX/Messages/MMXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX/Media.json' \\
-u ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:your_auth_token`;
const DELETE = `curl -XDELETE https://api.twilio.com/2010-04-01/Accounts/ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX/Messages/MM800f449d0399ed014aae2bcc0cc2f2ec/Media/ME557ce644e5ab84fa21cc21112e22c485 \\
    -u 'ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:your_auth_token'`;
const DELETE_JSON = `curl -X DELETE https://api.twilio.com/2010-04-01/Accounts/ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX/Messages/MM800f449d0399ed014aae2bcc0cc2f2ec/Media/ME557ce644e5ab84fa21cc21112e22c485.json \\
-u ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX:your_auth_token`;

const RFC_2822 = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/;

let inbox: TestInbox;
let bytes: Buffer;
let messageSid: string;
let mediaSid: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  bytes = await smallPicture(90, 'jpeg', 100);
});
beforeEach(async () => {
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType: 'image/jpeg' }] });
  await inbox.mediaOf(message.sid, 'stored');
  messageSid = message.sid;
  mediaSid = message.media[0]?.sid ?? '';
});
afterAll(() => inbox.stop());

/** Sends what curl would, to our host, with sids and a token that exist. */
function curl(line: string): Promise<Response> {
  const words = line.replaceAll(/[\\']/g, '').split(/\s+/).slice(1);
  const { values, positionals } = parseArgs({
    args: words,
    options: {
      request: { type: 'string', short: 'X', default: 'GET' },
      user: { type: 'string', short: 'u', default: '' },
    },
    allowPositionals: true,
  });
  const ours = (text: string) =>
    text
      .replace('https://api.twilio.com', inbox.url)
      .replace(/AC\w{32}/, ACCOUNT.sid)
      .replace(/MM\w{32}/, messageSid)
      .replace(/ME\w{32}/, mediaSid)
      .replace('your_auth_token', ACCOUNT.authToken);
  return fetch(ours(positionals[0] ?? ''), {
    method: values.request,
    headers: { authorization: `Basic ${btoa(ours(values.user))}` },
  });
}

const listPath = (word = 'Messages') =>
  `${messagesPath().replace('Messages', word)}/${messageSid}/Media`;
const path = (extension = '', word = 'Messages') => `${listPath(word)}/${mediaSid}${extension}`;

function call(target: string, headers: Record<string, string> = {}, method = 'GET') {
  return fetch(inbox.url + target, { method, headers: { authorization: OWN, ...headers } });
}

const resource = () => ({
  sid: mediaSid,
  account_sid: ACCOUNT.sid,
  parent_sid: messageSid,
  content_type: 'image/jpeg',
  date_created: expect.stringMatching(RFC_2822),
  date_updated: expect.stringMatching(RFC_2822),
  uri: path('.json'),
});

describe('the lines of the page', () => {
  test('fetch', async () => {
    const response = await curl(FETCH);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual(resource());
  });

  test('read multiple', async () => {
    const response = await curl(LIST);
    expect(response.status).toBe(200);
    const uri = `${listPath()}.json?PageSize=50&Page=0`;
    expect(await response.json()).toEqual({
      end: 0,
      first_page_uri: uri,
      last_page_uri: uri,
      media_list: [resource()],
      next_page_uri: null,
      num_pages: 1,
      page: 0,
      page_size: 50,
      previous_page_uri: null,
      start: 0,
      total: 1,
      uri,
    });
  });

  test.each([
    ['without an extension', DELETE],
    ['.json', DELETE_JSON],
    ['.xml', DELETE_JSON.replace('.json', '.xml')],
  ])('delete %s is answered 204 without a body', async (_name, line) => {
    const response = await curl(line);
    expect(response.status).toBe(204);
    expect(await response.text()).toBe('');
    expect(response.headers.get('content-type')).toBeNull();
    expect((await curl(line)).status).toBe(404);
  });

  test('after a delete every representation is 404 with code 20404', async () => {
    const before = await call(path());
    const etag = String(before.headers.get('etag'));
    await before.arrayBuffer();
    expect((await curl(DELETE)).status).toBe(204);

    const json = await curl(FETCH);
    expect(json.status).toBe(404);
    expect(await json.json()).toEqual({
      code: 20404,
      message: `The requested resource ${path('.json')} was not found`,
      more_info: 'https://www.twilio.com/docs/errors/20404',
      status: 404,
    });
    for (const extension of ['.xml', '']) {
      const response = await call(path(extension), { 'if-none-match': etag });
      expect(response.status).toBe(404);
      expect(response.headers.get('etag')).toBeNull();
      const error = await readError(path(extension), response);
      expect(error).toMatchObject({
        code: 20404,
        message: expect.stringContaining(path(extension)),
      });
    }
    const head = await call(path(), {}, 'HEAD');
    expect([head.status, await head.text()]).toEqual([404, '']);
    const list = await (await curl(LIST)).json();
    expect(list).toMatchObject({ media_list: [], total: 0, num_pages: 1, start: 0, end: 0 });
  });
});

describe('.xml', () => {
  test('is the resource with the elements of the page, in its order', async () => {
    const response = await call(path('.xml'));
    expect(response.headers.get('content-type')).toBe('application/xml; charset=utf-8');
    const root = parseXml(await response.text());
    expect(root.name).toBe('TwilioResponse');
    const [media] = root.children;
    expect(media?.children.map(({ name, text }) => [name, text])).toEqual([
      ['Sid', mediaSid],
      ['AccountSid', ACCOUNT.sid],
      ['ParentSid', messageSid],
      ['ContentType', 'image/jpeg'],
      ['DateCreated', expect.stringMatching(RFC_2822)],
      ['DateUpdated', expect.stringMatching(RFC_2822)],
      ['Uri', path('.xml')],
    ]);
  });

  test.each(['.xml', ''])('lists and messages, too, with the extension %j', async (extension) => {
    const list = await call(listPath() + extension);
    expect(list.status).toBe(200);
    const [mediaList] = parseXml(await list.text()).children;
    expect(mediaList).toMatchObject({ name: 'MediaList', children: [{ name: 'Media' }] });
    const messages = messagesPath();
    const [all] = parseXml(await (await call(messages + extension)).text()).children;
    expect(all?.name).toBe('Messages');
    expect(all?.children[0]?.name).toBe('Message');
    expect(all?.children[0]?.children[0]).toMatchObject({ name: 'Sid', text: messageSid });
    const one = await (await call(`${messages}/${messageSid}${extension}`)).text();
    expect(parseXml(one).children[0]).toEqual(all?.children[0]);
  });
});

test('what a sender writes breaks neither XML nor JSON', async () => {
  const text = '<b>&nbsp; &#0; &#x110000; &#99999999999; ]]> \u0001 \u{1F600}';
  const { message } = await inbox.receive({ body: text, attachments: [] });
  const one = `${messagesPath()}/${message.sid}`;
  const [element] = parseXml(await (await call(`${one}.xml`)).text()).children;
  const body = element?.children.find(({ name }) => name === 'Body');
  expect(body?.text).toBe(text.replace('\u0001', '\uFFFD'));
  expect((await (await call(`${one}.json`)).json()).body).toBe(text);
  parseXml(await (await call(`${messagesPath()}.xml`)).text());
  parseXml(await (await call('/2010-04-01/&nbsp;&#0;<x>')).text());
});

describe('/Message/, as the examples of the page write it', () => {
  test.each(['.json', '.xml', ''])(
    'is the same resource with the extension %j',
    async (extension) => {
      const [one, other] = await Promise.all(
        ['Message', 'Messages'].map((word) => call(path(extension, word))),
      );
      expect(one?.status).toBe(200);
      expect(await one?.text()).toBe(await other?.text());
    },
  );

  test('lists and deletes, too', async () => {
    expect((await call(`${listPath('Message')}.json`)).status).toBe(200);
    expect((await call(path('.json', 'Message'), {}, 'DELETE')).status).toBe(204);
    expect((await call(path('.json'))).status).toBe(404);
  });
});
