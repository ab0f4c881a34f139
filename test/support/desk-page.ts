import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';
import type { ActItem } from '../../src/moderation/acts/act-schemas.ts';
import type { CallAs } from './call-as.ts';
import { checkedRequest } from './checked-requests.ts';
import { openGallery } from './gallery-page.ts';
import { smallPicture } from './small-picture.ts';
import { eventually, type TestInbox } from './test-inbox.ts';

let pictures = 0;
const MOST_OF_A_MESSAGE = 10;

/**
 * Imports pictures, and waits until they are stored.
 *
 * @param fields of their messages: `from`, `to`, `body`
 * @returns their sids
 */
export async function importPictures(
  { api, mediaOf }: TestInbox,
  count: number,
  fields: Record<string, string> = {},
): Promise<string[]> {
  const sids: string[] = [];
  while (sids.length < count) {
    let request = api('post', '/api/v1/media').field({ from: '+15551234567', ...fields });
    for (let n = 0; n < Math.min(count - sids.length, MOST_OF_A_MESSAGE); n += 1) {
      pictures += 1;
      request = request.attach('files', await smallPicture(pictures), `${pictures}.png`);
    }
    const { body } = await request.expect(201);
    const media = await mediaOf(body.messageSid, 'stored');
    sids.push(...media.map(({ sid }) => sid));
  }
  return sids;
}

/** The same, held. */
export async function holdPictures(
  inbox: TestInbox,
  ...what: [count: number, fields?: Record<string, string>]
): Promise<string[]> {
  const sids = await importPictures(inbox, ...what);
  const body = { decision: 'hold', reason: 'to be looked at' };
  for (const sid of sids) {
    await inbox.api('post', `/api/v1/media/${sid}/decision`).send(body).expect(200);
  }
  return sids;
}

/** The same, visible and reported: there is nothing that cannot be done with them. */
export async function reportPictures(
  inbox: TestInbox,
  ...what: [count: number, fields?: Record<string, string>]
): Promise<string[]> {
  const sids = await importPictures(inbox, ...what);
  const body = { reason: 'Please look at this.' };
  for (const sid of sids) {
    await inbox.api('post', `/api/v1/media/${sid}/reports`).send(body).expect(201);
  }
  return sids;
}

/** A moderator with a key of their own. */
export interface Moderator {
  secret: string;
  /** Calls the API with the key, outside of a browser. */
  call: CallAs;
  /** The acts, oldest first. */
  acts(): Promise<ActItem[]>;
}

export async function createModerator(inbox: TestInbox, name: string): Promise<Moderator> {
  const key = { name, role: 'moderator' };
  const { body } = await inbox.api('post', '/api/v1/keys').send(key).expect(201);
  const call: Moderator['call'] = (method, path) =>
    checkedRequest(inbox.url, method, path).set('Authorization', `Bearer ${body.secret}`);
  return {
    secret: body.secret,
    call,
    acts: async () =>
      (await call('get', '/api/v1/acts?limit=200').expect(200)).body.items.reverse(),
  };
}

/** Opens a queue in a browser of its own. */
export function openDesk(
  browser: Browser,
  inbox: TestInbox,
  { secret }: Pick<Moderator, 'secret'>,
  { path = '/desk/held', ...rest }: Parameters<typeof openGallery>[2] = {},
) {
  return openGallery(browser, inbox, { path, key: secret, ...rest });
}

/** The attachment that is shown; null while there is none. */
export function shownSid(page: Page): Promise<string | null> {
  return page.evaluate(
    () => document.querySelector('.desk-stage')?.getAttribute('data-sid') ?? null,
  );
}

/**
 * Waits until another attachment is shown, or none any more.
 *
 * @returns its sid, or null
 */
export function nextShown(page: Page, before: string | null): Promise<string | null> {
  return eventually(async () => {
    const [sid, isDone] = [await shownSid(page), await page.getByText('Nothing is left').count()];
    expect(sid !== before && (sid !== null || isDone > 0)).toBe(true);
    return sid;
  });
}

/** The claims of everybody, as the server has them. */
export async function claimedSids({ api }: TestInbox): Promise<string[]> {
  const { body } = await api('get', '/api/v1/claims').expect(200);
  return body.items.map(({ mediaSid }: { mediaSid: string }) => mediaSid);
}

/** The sids in a queue, what waits longest first. */
export async function queuedSids({ api }: TestInbox, queue: string, from: string) {
  const query = new URLSearchParams({ from, limit: '200' });
  const { body } = await api('get', `/api/v1/queues/${queue}/items?${query}`).expect(200);
  return body.items.map(({ media }: { media: { sid: string } }) => media.sid) as string[];
}

/** The moderation of an attachment, or `deleted`. */
export async function moderationOf({ api }: TestInbox, sid: string): Promise<string> {
  const { body } = await api('get', `/api/v1/media/${sid}`);
  return body.code === 'media_deleted' ? 'deleted' : body.moderation;
}
