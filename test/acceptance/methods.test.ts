import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiRoutes } from '../support/api-routes.ts';
import { ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

// Of the paths under /api/v1 the routers say themselves which methods they have.
const OTHERS: [string, string[]][] = [
  ['/healthz', ['GET']],
  ['/readyz', ['GET']],
  ['/metrics', ['GET']],
  ['/twilio/incoming', ['GET', 'POST']],
];
const PARAMETERS: Record<string, string> = {
  ':sid': `ME${'0'.repeat(32)}`,
  ':id': '00000000-0000-4000-8000-000000000000',
  ':name': 'gallery',
};

/** Every path of a receiver with its methods, parameters filled in. */
async function methodsByPath(): Promise<Map<string, Set<string>>> {
  const found = new Map(OTHERS.map(([path, methods]) => [path, new Set(methods)]));
  for (const route of await apiRoutes()) {
    const [method = '', pattern = ''] = route.split(' ');
    const path = pattern.replaceAll(/:\w+/g, (name) => PARAMETERS[name] ?? name);
    found.set(path, (found.get(path) ?? new Set()).add(method));
  }
  return found;
}

test('a method that a path does not have is 405, and Allow names those that it has', async () => {
  const paths = await methodsByPath();
  expect(paths.size).toBeGreaterThan(40);
  const wrong: unknown[] = [];
  for (const [path, methods] of paths) {
    const allowed = [...methods, ...(methods.has('GET') ? ['HEAD'] : [])].sort();
    // Without CORS a preflight is a method like others.
    for (const method of ['OPTIONS', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND']) {
      if (methods.has(method)) continue;
      const response = await fetch(inbox.url + path, { method });
      const said = response.headers.get('allow')?.split(', ').sort();
      if (response.status === 405 && String(said) === String(allowed)) continue;
      wrong.push([method, path, response.status, said, allowed]);
    }
  }
  expect(wrong).toEqual([]);
});

test('HEAD works where GET does, and what is nowhere has no methods', async () => {
  expect((await fetch(`${inbox.url}/healthz`, { method: 'HEAD' })).status).toBe(200);
  await inbox.api('head', '/api/v1/media').expect(200);
  for (const method of ['OPTIONS', 'PUT', 'GET']) {
    for (const path of ['/nothing', '/healthz/more', '/api/v1/nothing', '/api/v2/media']) {
      const response = await fetch(inbox.url + path, { method });
      expect([method, path, response.status]).toEqual([method, path, 404]);
    }
  }
});

test('a page before another stays what it was when messages arrive', async () => {
  const basic = `Basic ${btoa(`${ACCOUNT.sid}:${ACCOUNT.authToken}`)}`;
  const page = async (path: string) => {
    const response = await fetch(inbox.url + path, { headers: { authorization: basic } });
    const { messages, ...paging } = (await response.json()) as {
      messages: { body: string }[];
      next_page_uri: string;
      previous_page_uri: string;
      page: number;
    };
    return { ...paging, bodies: messages.map(({ body }) => body) };
  };
  const receive = (body: string) => inbox.receive({ body, attachments: [] });
  for (let n = 1; n <= 6; n += 1) await receive(String(n));
  const list = `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages.json?PageSize=2`;
  const second = await page((await page(list)).next_page_uri);
  const third = await page(second.next_page_uri);
  expect(third.bodies).toEqual(['2', '1']);
  await receive('7');
  const before = await page(third.previous_page_uri);
  expect(before).toMatchObject({ page: 1, bodies: ['4', '3'] });
  expect(await page(before.previous_page_uri)).toMatchObject({ page: 0, bodies: ['6', '5'] });
  expect((await page(before.next_page_uri)).bodies).toEqual(['2', '1']);
});
