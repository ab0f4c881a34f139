import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiRoutes } from '../support/api-routes.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { callTwilioApi, messagesPath, OWN } from '../support/twilio-request.ts';

let inbox: TestInbox;
let mediaSid: string;
let messageSid: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  const attachments = [{ bytes: await smallPicture(1), contentType: 'image/png' }];
  const { message } = await inbox.receive({ from: '+14155550177', body: 'private', attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  mediaSid = String(media?.sid);
  messageSid = message.sid;
});
afterAll(() => inbox.stop());

/** Bytes: browsers may keep them, but ask each time. The stream is no document at all. */
const NOT_JSON = /\/(content|thumbnail|poster)$|\/api\/v1\/events$/;

test('every GET of the API says that nobody may keep its answer', async () => {
  const routes = (await apiRoutes())
    .filter((route) => route.startsWith('GET ') && !NOT_JSON.test(route))
    .map((route) => route.slice(4));
  expect(routes.length).toBeGreaterThan(15);
  const answers: [string, number, string | undefined][] = [];
  for (const route of routes) {
    const sid = route.includes('/messages/') ? messageSid : mediaSid;
    const path = route.replace(':sid', sid).replace(':id', '1');
    const { status, headers } = await inbox.api('get', path);
    answers.push([route, status, headers['cache-control']]);
  }
  expect(answers.filter(([, , value]) => !/^(private, )?no-store$/.test(value ?? ''))).toEqual([]);
  const ok = answers.filter(([, status]) => status === 200);
  expect(ok.length, 'lists and items are among them').toBeGreaterThan(8);
  const told = (path: string) => ok.find(([route]) => route === path)?.[2];
  for (const path of ['/api/v1/media', '/api/v1/media/:sid', '/api/v1/messages/:sid']) {
    expect([path, told(path)]).toEqual([path, 'private, no-store']);
  }
  for (const path of ['/api/v1/audit', '/api/v1/senders', '/api/v1/endpoints', '/api/v1/keys']) {
    expect([path, told(path)]).toEqual([path, 'private, no-store']);
  }
});

test('so do signed links, with a list and of their own', async () => {
  const list = await inbox.api('get', '/api/v1/media?links=true').expect(200);
  const links = await inbox.api('post', `/api/v1/media/${mediaSid}/links`).expect(201);
  const revealed = await inbox.api('post', `/api/v1/media/${mediaSid}/reveal`).expect(201);
  for (const { headers } of [list, links, revealed]) {
    expect(headers['cache-control']).toBe('private, no-store');
  }
});

test('so does all of the Twilio-shaped API but the bytes', async () => {
  const message = `${messagesPath()}/${messageSid}`;
  for (const path of [messagesPath(), message, `${message}/Media`, `${message}/Media/${mediaSid}`])
    for (const extension of ['.json', '.xml']) {
      const { status, headers } = await callTwilioApi(inbox, path + extension, OWN);
      expect([path, status, headers.get('cache-control')]).toEqual([
        ...[path, 200, 'private, no-store'],
      ]);
    }
  const bytes = await callTwilioApi(inbox, `${message}/Media/${mediaSid}`, OWN);
  expect(bytes.headers.get('cache-control')).toBe('private, no-cache');
});
