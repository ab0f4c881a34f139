import { expect, onTestFinished, test } from 'vitest';
import { startTestInbox } from '../support/test-inbox.ts';

async function startWith(env: Record<string, string>) {
  const inbox = await startTestInbox(env);
  onTestFinished(() => inbox.stop());
  return inbox;
}

test('the document and its page need no key, and the page allows only files of the server', async () => {
  const inbox = await startWith({});
  const document = await (await fetch(`${inbox.url}/openapi.json`)).json();
  expect(document).toMatchObject({ openapi: '3.1.0', servers: [{ url: '.' }] });
  const page = await fetch(`${inbox.url}/docs`);
  expect(page.headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; script-src 'self'/,
  );
  const html = await page.text();
  const files = [...html.matchAll(/(?:src|href)="(docs\/[^"]+)"/g)].map(([, file = '']) => file);
  expect(files).toHaveLength(3);
  for (const file of files) {
    const response = await fetch(new URL(file, `${inbox.url}/docs`));
    expect([file, response.status]).toEqual([file, 200]);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect((await response.text()).length).toBeGreaterThan(100);
  }
  for (const file of ['index.html', 'package.json', '..%2Fpackage.json', 'swagger-ui.css.map']) {
    expect([file, (await fetch(`${inbox.url}/docs/${file}`)).status]).toEqual([file, 404]);
  }
  const script = `${inbox.url}/docs/swagger-ui-bundle.js`;
  const { headers } = await fetch(script);
  const status = async (more: Record<string, string>) =>
    (await fetch(script, { headers: more })).status;
  expect(await status({ 'if-none-match': String(headers.get('etag')) })).toBe(304);
  expect(await status({ range: 'bytes=999999999-' })).toBe(200);
  expect(await status({ 'if-match': '"x"' })).toBe(200);
  const slash = await fetch(`${inbox.url}/docs/`, { redirect: 'manual' });
  expect([slash.status, slash.headers.get('location')]).toEqual([301, '../docs']);
});

test('DOCS=off: neither is there', async () => {
  const inbox = await startWith({ DOCS: 'off' });
  for (const path of ['/openapi.json', '/docs', '/docs/swagger-ui.css']) {
    expect([path, (await fetch(inbox.url + path)).status]).toEqual([path, 404]);
  }
});
