import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { httpServer } from '../support/test-servers.ts';

let inbox: TestInbox;
let browser: Browser;
let context: BrowserContext;
let thumbnail: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  context = await browser.newContext();
  const attachments = [{ bytes: await smallPicture(1), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  thumbnail = `/api/v1/media/${media?.sid}/thumbnail?size=small`;
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

/** Calls the API as a script of the page does. */
function call(page: Page, method: string, url: string, body?: unknown) {
  return page.evaluate(
    async ([url, init]) => {
      const answer = await fetch(url, init);
      const text = await answer.text();
      return [answer.status, text === '' ? null : JSON.parse(text)] as const;
    },
    [
      url,
      body === undefined
        ? { method }
        : {
            method,
            headers: { 'Content-Type': 'application/json' },
            body: JSON.stringify(body),
          },
    ] as const,
  );
}

/** How wide a picture is that the page embeds; 0 when it is not shown. */
function widthOf(page: Page, url: string) {
  return page.evaluate(async (url) => {
    const picture = new Image();
    picture.src = url;
    await picture.decode().catch(() => undefined);
    return picture.naturalWidth;
  }, url);
}

test('a page of the server signs in, shows, changes, follows and signs out', async () => {
  const page = await context.newPage();
  await page.goto(`${inbox.url}/docs`);
  expect(await widthOf(page, thumbnail)).toBe(0);
  const [status, session] = await call(page, 'POST', '/api/v1/session', { key: ADMIN_KEY });
  expect([status, session.name]).toEqual([201, 'ADMIN_API_KEY']);
  expect(await page.evaluate(() => document.cookie), 'no script sees it').toBe('');

  expect(await widthOf(page, thumbnail)).toBeGreaterThan(0);
  expect(await call(page, 'POST', '/api/v1/media/retry', {})).toMatchObject([202, {}]);
  const isOpen = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const source = new EventSource('/api/v1/events');
        source.onopen = () => resolve(true);
        source.onerror = () => resolve(false);
      }),
  );
  expect(isOpen).toBe(true);
  const later = await context.newPage();
  await later.goto(`${inbox.url}/docs`);
  expect(await call(later, 'GET', '/api/v1/whoami')).toMatchObject([
    200,
    { signedInBy: 'session' },
  ]);
  expect(await call(page, 'DELETE', '/api/v1/session')).toEqual([204, null]);
  expect(await call(later, 'GET', '/api/v1/whoami')).toMatchObject([401, { code: 'unauthorized' }]);
});

// SameSite counts another port of the same host as the same site: the browser sends the cookie.
test.each([
  ['another site', 'localhost', 401],
  ['another port', '127.0.0.1', 403],
])('a page of %s shows and changes nothing', async (_what, host, status) => {
  const own = await context.newPage();
  await own.goto(`${inbox.url}/docs`);
  expect((await call(own, 'POST', '/api/v1/session', { key: ADMIN_KEY }))[0]).toBe(201);

  const { port } = await httpServer((_request, response) => {
    response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>elsewhere</title>');
  });
  const page = await context.newPage();
  const before = inbox.logLines.length;
  await page.goto(`http://${host}:${port}/`);
  expect(await widthOf(page, inbox.url + thumbnail)).toBe(0);
  await page.evaluate(
    (url) => fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include' }),
    `${inbox.url}/api/v1/media/retry`,
  );
  // The browser does not tell what it was answered.
  await eventually(async () => {
    const logged = inbox.logLines.slice(before).map((line) => JSON.parse(line));
    // Not what the reference, in the other page, still loads.
    const answers = logged.filter(
      ({ msg, req }) => msg === 'request completed' && req.url.includes('/media/'),
    );
    expect(answers.map(({ req, res }) => [req.method, res.status])).toEqual([
      ['GET', status],
      ['POST', status],
    ]);
  });
  expect((await call(own, 'GET', '/api/v1/session'))[0], 'the session is still there').toBe(200);
});
