import type { Page } from 'playwright-core';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { fixturePath } from './fixtures.ts';
import { eventually, type TestInbox } from './test-inbox.ts';

/**
 * Imports a sample file as a message of its own, and waits until it is stored.
 *
 * @param fields of the message: `from`, `to`, `body`, `receivedAt`
 */
export async function importFixture(
  inbox: TestInbox,
  name: string,
  fields: Record<string, string> = {},
): Promise<MediaItem> {
  const { body } = await inbox
    .api('post', '/api/v1/media')
    .field({ from: '+15551234567', to: '+15557654321', ...fields })
    .attach('files', fixturePath(name))
    .expect(201);
  return storedItem(inbox, body.items[0].sid);
}

/** An attachment once it is stored. */
export function storedItem(inbox: TestInbox, sid: string): Promise<MediaItem> {
  return eventually(async () => {
    const { body } = await inbox.api('get', `/api/v1/media/${sid}`).expect(200);
    if (body.state !== 'stored') throw new Error(`${sid} is ${body.state}: ${body.reason}`);
    return body;
  });
}

/** The slide of the attachment that is open. */
export function openSlide(page: Page) {
  return page.locator('.pswp__item[aria-hidden="false"]');
}

/** Moves a finger sideways over the middle of a page with touch. */
export async function swipe(page: Page, byX: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const { width, height } = page.viewportSize() ?? { width: 0, height: 0 };
  const [x, y] = [width / 2 - byX / 2, height / 2];
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) =>
    session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: at === undefined ? [] : [{ x: at, y }],
    });
  await touch('touchStart', x);
  const steps = 10;
  for (let step = 1; step <= steps; step += 1) await touch('touchMove', x + (byX * step) / steps);
  await touch('touchEnd');
  await session.detach();
}
