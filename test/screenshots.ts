import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { startBrowser } from './support/browser.ts';
import { type Device, openGallery } from './support/gallery-page.ts';
import { startShowcase } from './support/showcase.ts';
import { ADMIN_KEY } from './support/test-inbox.ts';

// `npm run screenshots`: the pictures of the README, from the drawings of the simulator. Build the page first.

const FOLDER = fileURLToPath(new URL('../docs/images', import.meta.url));
const MAX_BYTES = 250_000;
/** Taller pictures would push the text of the README away. */
const PHONE = { viewport: { width: 390, height: 720 }, deviceScaleFactor: 2 };

/** All of a story. */
const TALL = { viewport: { width: 860, height: 1180 } };

/** Yesterday evening: at night, a day has hardly begun. */
const NOW = new Date();
NOW.setDate(NOW.getDate() - 1);
NOW.setHours(21, 0, 0, 0);

await mkdir(FOLDER, { recursive: true });
const inbox = await startShowcase(NOW);
const browser = await startBrowser();
try {
  await take(browser, 'desktop', 'desktop');
  await take(browser, 'phone', 'phone', PHONE);
  await take(browser, 'dark', 'desktop', { colorScheme: 'dark' });
  await take(browser, 'viewer', 'desktop', {}, openThird);
  await holdSome(inbox.url);
  await take(browser, 'queue', 'desktop', {}, openQueue);
  const told = await makeStory(inbox.url);
  await take(browser, 'story', 'desktop', TALL, (page) => openStory(page, told));
} finally {
  await browser.close();
  await inbox.stop();
}
process.exit();

/** @param act what is done before */
async function take(
  browser: Browser,
  name: string,
  device: Device,
  options: Parameters<Browser['newContext']>[0] = {},
  act: (page: Page) => Promise<void> = async () => undefined,
): Promise<void> {
  const { page, checkQuiet, close } = await openGallery(browser, inbox, { device, options });
  await page.clock.setFixedTime(NOW);
  await page.reload();
  await page.locator('.tile img').first().waitFor();
  await act(page);
  await page.evaluate(allPicturesShown);
  const picture = sharp(await page.screenshot()).png({ palette: true, effort: 10 });
  const { size } = await picture.toFile(join(FOLDER, `${name}.png`));
  console.log(`docs/images/${name}.png: ${Math.round(size / 1000)} kB`);
  if (size > MAX_BYTES) throw new Error(`${name}.png has more than ${MAX_BYTES} bytes`);
  await checkQuiet();
  await close();
}

/** The viewer, with its side panel. */
async function openThird(page: Page): Promise<void> {
  await page.locator('.tile').nth(2).click();
  const panel = page.getByRole('complementary');
  if (!(await panel.isVisible())) await page.keyboard.press('i');
  await panel.waitFor();
}

/** Some that wait for a moderator. */
async function holdSome(url: string): Promise<void> {
  const headers = {
    authorization: `Bearer ${ADMIN_KEY}`,
    'content-type': 'application/json',
  };
  const call = (method: string, path: string, body?: object) =>
    fetch(url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  const codes = { code: 'private', label: 'Shows somebody', severity: 'medium' };
  await call('POST', '/api/v1/reason-codes', codes);
  const answer = await call('GET', '/api/v1/media?contentType=image/&limit=12');
  const { items } = (await answer.json()) as { items: { sid: string; from: string }[] };
  for (const { sid } of items) {
    const decision = { decision: 'hold', reasonCode: 'private', reason: 'may show somebody' };
    await call('POST', `/api/v1/media/${sid}/decision`, decision);
  }
  const note = { sender: items.at(-1)?.from, text: 'Asked us to keep the faces out.' };
  await call('POST', '/api/v1/notes', note);
}

/** A queue at work, with a picture that is revealed. */
async function openQueue(page: Page): Promise<void> {
  await page.goto(`${inbox.url}/desk/held`);
  await page.locator('.desk-cover').waitFor();
  await page.keyboard.press('r');
  await page.locator('.desk-picture').waitFor();
}

/**
 * An attachment that was reported, looked at, escalated, quarantined by mistake and approved again.
 *
 * @returns its sid
 */
async function makeStory(url: string): Promise<string> {
  const send = async (path: string, body: object, key = ADMIN_KEY) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const answer = await fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as { secret: string; id: string };
  };
  const keyOf = async (name: string, role: string) =>
    (await send('/api/v1/keys', { name, role })).secret;
  const [wall, ada, lin] = [
    await keyOf('wall', 'viewer'),
    await keyOf('ada', 'moderator'),
    await keyOf('lin', 'moderator'),
  ];
  const headers = { authorization: `Bearer ${ADMIN_KEY}` };
  const list = `${url}/api/v1/media?contentType=image/jpeg&moderation=visible&limit=1`;
  const { items } = (await (await fetch(list, { headers })).json()) as { items: { sid: string }[] };
  const { sid = '' } = items[0] ?? {};
  const media = `/api/v1/media/${sid}`;
  await send(`${media}/reports`, { reason: 'This is my front door.', reasonCode: 'private' }, wall);
  const { id } = await send('/api/v1/claims', { queue: 'reported', mediaSid: sid }, ada);
  await send(`/api/v1/claims/${id}/escalate`, { reason: 'Is that the street of the note?' }, ada);
  const hide = {
    decision: 'quarantine',
    reasonCode: 'private',
    reason: 'shows where somebody lives',
  };
  await send(`${media}/decision`, hide, lin);
  await send(`${media}/reveal`, {}, lin);
  await send(
    '/api/v1/notes',
    { mediaSid: sid, text: 'The sender owns the house and wants it shown.' },
    lin,
  );
  const approve = { decision: 'approve', reason: 'the owner has agreed' };
  await send(`${media}/decision`, approve, ada);
  return sid;
}

async function openStory(page: Page, sid: string): Promise<void> {
  await page.goto(`${inbox.url}/desk/story/${sid}`);
  await page.locator('.story-moment').first().waitFor();
}

/** Runs in the page. */
async function allPicturesShown(): Promise<void> {
  const pictures = [...document.images].filter(({ src }) => src !== '');
  // Placeholders stay for a moment longer.
  await Promise.all(pictures.map((picture) => picture.decode().catch(() => undefined)));
  await new Promise((done) => setTimeout(done, 1500));
}
