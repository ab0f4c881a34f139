import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SimulatedMessage } from '../../src/simulator/simulated-message.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ACCOUNT, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import {
  callTwilioApi,
  expectRefusal,
  messagesPath,
  OWN,
  readError,
  routesOf,
  storeAlbum,
} from '../support/twilio-request.ts';

let inbox: TestInbox;
let album: SimulatedMessage;
let message: string;
let media: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  ({ album, message, media } = await storeAlbum(inbox));
});
afterAll(() => inbox.stop());

const call = (path: string, authorization: string | null = OWN, method = 'GET') =>
  callTwilioApi(inbox, path, authorization, method);
const refused = (path: string, answer: [number, number], authorization = OWN) =>
  expectRefusal(inbox, path, answer, authorization);

const routes = () => routesOf({ message, media });

describe('methods', () => {
  test.each(['POST', 'PUT', 'PATCH', 'OPTIONS', 'DELETE'])(
    '%s is 405 where it means nothing',
    async (method) => {
      const allowed = routes()
        .map((path) => [path, path.startsWith(media) ? 'GET, HEAD, DELETE' : 'GET, HEAD'] as const)
        .filter(([, allow]) => !allow.includes(method));
      for (const [path, allow] of allowed) {
        const response = await call(path, OWN, method);
        expect([path, response.status]).toEqual([path, 405]);
        expect(response.headers.get('allow')).toBe(allow);
        expect((await readError(path, response)).code).toBe(20004);
      }
    },
  );

  test('any method on nothing is 404', async () => {
    for (const method of ['POST', 'DELETE', 'PUT']) {
      expect((await call('/2010-04-01/Nothing.json', OWN, method)).status).toBe(404);
    }
  });
});

describe('paths that name nothing are 404, as JSON or XML after their extension', () => {
  const nothing = (): string[] => {
    const sid = (prefix: string) => prefix + '0'.repeat(32);
    const [account, mm] = [messagesPath(), `${messagesPath()}/${sid('MM')}`];
    return [
      '/2010-04-01',
      '/2010-04-01/',
      '/2010-04-01/%',
      '/2010-04-01/%ff.json',
      `/2010-04-01/Accounts/${ACCOUNT.sid}.json`,
      `${account}.csv`,
      `${account}.json.xml`,
      `${account}.JSON`,
      `${account}/`,
      `${account.replace('Messages', 'messages')}.json`,
      `${account.replace(ACCOUNT.sid, 'ACxyz')}.json`,
      `${account.replace(ACCOUNT.sid, sid('AC'))}.json`,
      `${mm}.json`,
      `${mm}.xml`,
      mm,
      `${mm}/Media.json`,
      `${mm}/Media/${sid('ME')}.json`,
      `${account}/MMshort.json`,
      `${account}/${sid('ME')}.json`,
      `${account}/${sid('MM')}0.json`,
      `${account}/MM${'g'.repeat(32)}.json`,
      `${account}/${album.sid}%2FMedia.json`,
      `${account}%2F${album.sid}.json`,
      `${account}/${album.sid}%00.json`,
      `${account}/%00.json`,
      `${account}/..%2f..%2f..%2fetc%2fpasswd.json`,
      `${message}/Media/${sid('ME')}`,
      `${message}/Media/${sid('ME')}.json`,
      `${message}/Media/${sid('ME')}.xml`,
      `${message}/Media/${album.sid}.json`,
      `${message}/Feedback.json`,
      `${media}.csv`,
      `${media}.jpg`,
      `${media}.json.json`,
      `${media}%2ejson`,
      `${media}%00`,
      `${media}%00.json`,
      `${media}/`,
      `${media}/extra.json`,
      `${media.replace('/Media/', '/Media%2F')}`,
      `${media.replace('/ME', '/%4DE')}`,
      `${media.replace(album.sid, sid('MM'))}.json`,
    ];
  };

  test('to read and to delete', async () => {
    for (const path of nothing()) {
      const error = await refused(path, [404, 20404]);
      expect(error.message).toMatch(/^The requested resource \/2010-04-01.* was not found$/);
      expect([404, 405]).toContain((await call(path, OWN, 'DELETE')).status);
    }
    expect((await call(`${media}.json`)).status).toBe(200);
  });

  test('a media of another message is not found through this one', async () => {
    const { message: other } = await inbox.receive({
      attachments: [{ bytes: await smallPicture(12), contentType: 'image/png' }],
    });
    await inbox.mediaOf(other.sid, 'stored');
    const path = `${message}/Media/${other.media[0]?.sid}`;
    for (const extension of ['', '.json', '.xml']) await refused(path + extension, [404, 20404]);
    expect((await call(path, OWN, 'DELETE')).status).toBe(404);
    expect(inbox.twilio.mediaExists(other.media[0]?.sid ?? '')).toBe(true);
  });
});

describe('bytes that are not here', () => {
  async function receiveWith(
    ...faults: NonNullable<SimulatedMessage['media'][number]['attachment']['faults']>
  ) {
    const { message: received } = await inbox.receive({
      attachments: [{ bytes: await smallPicture(20), contentType: 'image/png', faults }],
    });
    return received;
  }

  test('yet: 404 with Retry-After; the resource is there', async () => {
    const fault = { kind: 'status', status: 429, retryAfterSeconds: 30, times: 1 } as const;
    const pending = await receiveWith(fault);
    const path = `${messagesPath()}/${pending.sid}/Media/${pending.media[0]?.sid}`;
    await eventually(async () => {
      const { body } = await inbox.api('get', `/api/v1/media/${pending.media[0]?.sid}`);
      expect(body.attempts).toBe(1);
    });
    const response = await call(path);
    expect(response.status).toBe(404);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(20);
    expect(await readError(path, response)).toMatchObject({
      code: 20404,
      message: expect.stringContaining('Not stored yet'),
    });
    const resource = await (await call(`${path}.json`)).json();
    expect(resource.content_type).toBe('image/png');
    expect(resource.date_updated).toBe(resource.date_created);
    expect((await call(`${path}.json`, OWN, 'DELETE')).status).toBe(204);
    await refused(path, [404, 20404]);
  });

  test('ever: 404 that says why, without Retry-After', async () => {
    const failed = await receiveWith({ kind: 'redirect', location: 'https://evil.example/' });
    await inbox.mediaOf(failed.sid, 'failed');
    const path = `${messagesPath()}/${failed.sid}/Media/${failed.media[0]?.sid}`;
    const response = await call(path);
    expect([response.status, response.headers.get('retry-after')]).toEqual([404, null]);
    expect((await readError(path, response)).message).toContain('Not stored: ');
    expect((await call(`${path}.xml`)).status).toBe(200);
    expect((await call(path, OWN, 'DELETE')).status).toBe(204);
  });
});

test('a deleted media is counted no more, here and at Twilio', async () => {
  const { message: received } = await inbox.receive({
    attachments: [
      { bytes: await smallPicture(30), contentType: 'image/png' },
      { bytes: await smallPicture(31), contentType: 'image/png' },
    ],
  });
  await inbox.mediaOf(received.sid, 'stored');
  const [first, second] = received.media.map(({ sid }) => sid);
  const list = `${messagesPath()}/${received.sid}/Media`;
  const answers = await Promise.all(
    [1, 2, 3].map(async () => (await call(`${list}/${first}`, OWN, 'DELETE')).status),
  );
  expect(answers.toSorted()).toEqual([204, 404, 404]);
  const { media_list, total } = await (await call(`${list}.json`)).json();
  expect([total, media_list.map(({ sid }: { sid: string }) => sid)]).toEqual([1, [second]]);
  const { num_media } = await (await call(`${messagesPath()}/${received.sid}.json`)).json();
  expect(num_media).toBe('1');
  await inbox.api('get', `/api/v1/media/${first}`).expect(404);
  await eventually(async () => expect(inbox.twilio.mediaExists(String(first))).toBe(false));
});

test('none of this was logged as an error of ours', () => {
  const errors = inbox.logLines.filter((line) => JSON.parse(line).level >= 50);
  expect(errors).toEqual([]);
});
