import { setTimeout } from 'node:timers/promises';
import type { SentMessage } from './message-sender.ts';

/** A server and a key that may read. */
export interface Api {
  url: string;
  key: string;
}

interface Item {
  sid: string;
  state: string;
  reason: string | null;
  storedAt: string | null;
  preview: { kind: string; sizes: object } | null;
}

// A poll costs the server some statements. How late the end is seen does not matter: items have their times.
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;
const SLOWER = 1.5;
const PAUSE_FOR_ONE_MS = 50;
const PAGE = 200;
const SAMPLES = 5;
/** For the slowest machine: 12 megapixels on one slow core. */
const SECONDS_A_MEDIA = 1;
const SPARE_SECONDS = 60;

/**
 * Waits until every attachment of some messages is stored, and checks it: one that failed, is missing or
 * has not three thumbnails is an error.
 *
 * @returns for each message when the last of its attachments was stored, in milliseconds since 1970
 */
export async function untilStored(api: Api, sent: readonly SentMessage[]): Promise<number[]> {
  const amount = sent.reduce((sum, { mediaSids }) => sum + mediaSids.length, 0);
  const deadline = Date.now() + (amount * SECONDS_A_MEDIA + SPARE_SECONDS) * 1000;
  let pause = FIRST_PAUSE_MS;
  const first = Math.min(...sent.map(({ sentAt }) => sentAt));
  let items: Map<string, Item>;
  for (;;) {
    if (Date.now() > deadline) throw new Error(`${amount} media were not stored in time`);
    // One item says enough: pages of what is left would be work for the server.
    const isPending = (await list(api, { state: 'pending', limit: '1' })).items.length > 0;
    if (!isPending) {
      const stored = await listSince(api, new Date(first - 1000));
      items = new Map(stored.map((item) => [item.sid, item]));
      // On a slow machine messages go to the spool first, where no list has them.
      if (sent.every(({ mediaSids }) => mediaSids.every((sid) => items.has(sid)))) break;
    }
    await setTimeout(pause);
    pause = Math.min(pause * SLOWER, LONGEST_PAUSE_MS);
  }
  for (const { mediaSids } of sent.slice(0, SAMPLES)) await requireThumbnails(api, mediaSids[0]);
  return sent.map(({ mediaSids }) => Math.max(...mediaSids.map((sid) => storedAt(sid, items))));
}

/** Waits for one message, and asks often. @returns when its last attachment was stored */
export async function untilOneIsStored(api: Api, { mediaSids }: SentMessage): Promise<number> {
  const deadline = Date.now() + SPARE_SECONDS * 1000;
  const items = new Map<string, Item>();
  for (const sid of mediaSids) {
    for (let item = await get(api, sid); ; item = await get(api, sid)) {
      items.set(sid, item);
      if (item.state !== 'pending') break;
      if (Date.now() > deadline) throw new Error(`${sid} was not stored in time`);
      await setTimeout(PAUSE_FOR_ONE_MS);
    }
  }
  return Math.max(...mediaSids.map((sid) => storedAt(sid, items)));
}

function storedAt(sid: string, items: Map<string, Item>): number {
  const item = items.get(sid);
  if (item?.state !== 'stored' || item.storedAt === null) {
    throw new Error(`${sid} is ${item?.state ?? 'missing'}: ${item?.reason ?? 'no reason'}`);
  }
  return Date.parse(item.storedAt);
}

async function requireThumbnails(api: Api, sid = ''): Promise<void> {
  const { preview } = await get(api, sid);
  if (preview?.kind !== 'image' || Object.keys(preview.sizes).length !== 3) {
    throw new Error(`${sid} has no three thumbnails: ${JSON.stringify(preview)}`);
  }
}

async function listSince(api: Api, since: Date): Promise<Item[]> {
  const query = { receivedAfter: since.toISOString(), limit: String(PAGE) };
  const items: Item[] = [];
  let page = await list(api, query);
  items.push(...page.items);
  while (page.nextCursor !== null) {
    page = await list(api, { ...query, cursor: page.nextCursor });
    items.push(...page.items);
  }
  return items;
}

function list(api: Api, query: Record<string, string>) {
  return read<{ items: Item[]; nextCursor: string | null }>(
    api,
    `/api/v1/media?${new URLSearchParams(query)}`,
  );
}

function get(api: Api, sid: string): Promise<Item> {
  return read(api, `/api/v1/media/${sid}`);
}

async function read<T>({ url, key }: Api, path: string): Promise<T> {
  const response = await fetch(url + path, { headers: { authorization: `Bearer ${key}` } });
  if (!response.ok) throw new Error(`${path} was answered ${response.status}`);
  return (await response.json()) as T;
}
