import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { encodeOpaqueCursor } from '../src/http/paging.ts';
import { SEEDED, SEEDED_SINCE, seededSid } from '../test/support/seed-inbox.ts';

/** One of what `bench/depth.ts` measures. */
export interface Act {
  name: string;
  /** Whether it is a reader's, and again and again, or done once and followed to its end. */
  isRead: boolean;
  run: () => Promise<void>;
}

/**
 * Everything that is measured, on the rows of `seedInbox`.
 *
 * @param server.rows messages in its database
 * @param server.idleMs how long nothing is done, for comparison
 * @param picture that is looked for
 */
export function depthActs(
  server: {
    url: string;
    key: string;
    account: { accountSid: string; authToken: string };
    rows: number;
    idleMs: number;
  },
  picture: Buffer,
): Act[] {
  const { url, key, account, rows, idleMs } = server;
  const day = (n: number) =>
    new Date(SEEDED_SINCE.getTime() + n * 86_400_000).toISOString().slice(0, 10);
  const place = [SEEDED_SINCE.getTime() + 5_000_000, seededSid('MM', 500), 0];
  const deep = encodeOpaqueCursor(place);
  const deepBackwards = encodeOpaqueCursor([...place, 'newest', 'previous']);
  const md5 = (text: string) => createHash('md5').update(text).digest('hex');
  // As `seedInbox` makes them.
  const sha256 = md5('77') + md5('second half 77');
  const plus = (address: string) => encodeURIComponent(address);
  const basic = `Basic ${btoa(`${account.accountSid}:${account.authToken}`)}`;
  const call = async (method: string, path: string, body?: object) => {
    const isTwilio = path.startsWith('/2010');
    const isForm = body instanceof FormData;
    const response = await fetch(url + (isTwilio ? path : `/api/v1${path}`), {
      method,
      headers: {
        authorization: isTwilio ? basic : `Bearer ${key}`,
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}`);
    return response.arrayBuffer();
  };
  const json = async (method: string, path: string, body?: object) =>
    JSON.parse(Buffer.from(await call(method, path, body)).toString());
  const read = (name: string, path: string): Act => ({
    name,
    isRead: true,
    run: async () => void (await call('GET', path)),
  });
  const ask = (name: string, path: string, body: object): Act => ({
    name,
    isRead: true,
    run: async () => void (await call('POST', path, body)),
  });
  const messages = `/2010-04-01/Accounts/${account.accountSid}/Messages.json`;
  return [
    { name: 'nothing', isRead: true, run: () => setTimeout(idleMs) },
    read('media', '/media'),
    read('media, a deep page of 200', `/media?limit=200&cursor=${deep}`),
    read('media, few match', `/media?state=failed&from=${plus(SEEDED.sender)}`),
    read(
      'media, none matches three filters',
      `/media?to=${plus(SEEDED.recipient)}&moderation=visible&contentType=text/`,
    ),
    read('media by day', '/media/buckets?timeZone=Europe/Berlin'),
    read(
      'media by month, of a recipient',
      `/media/buckets?unit=month&to=${plus(SEEDED.recipient)}`,
    ),
    read('where pages begin', '/media/page-starts'),
    read(
      'where pages of a day begin',
      `/media/page-starts?receivedAfter=${day(1)}&receivedBefore=${day(2)}`,
    ),
    read(
      'where pages begin, few match',
      `/media/page-starts?to=${plus(SEEDED.recipient)}&contentType=video/`,
    ),
    read('media, the page before a deep one', `/media?limit=200&cursor=${deepBackwards}`),
    read('media, a rare word', '/media?text=77777'),
    read('media, a word of every text', '/media?text=message'),
    read('media by day, a rare word', '/media/buckets?limit=7&text=77777'),
    read('media by day, a word of every text', '/media/buckets?limit=7&text=message'),
    read('media with the same bytes', `/media?sha256=${sha256}`),
    ask('media that look like a picture', '/media/similar', formOf(picture)),
    read('messages, a word of every text', '/messages?text=message'),
    read('messages, no such word', '/messages?text=nowhere'),
    read('messages, no such short word', '/messages?text=zz'),
    read('media of a type', `/media?contentType=video/&moderation=held`),
    read('messages', '/messages'),
    read('messages, a deep page', `/messages?cursor=${deep}`),
    read('messages, few match', `/messages?to=${plus(SEEDED.rareRecipient)}`),
    read('Messages.json', messages),
    read('Messages.json, pages of 1,000', `${messages}?PageSize=1000`),
    read('Messages.json, a page by its number', `${messages}?Page=${Math.floor(rows / 60)}`),
    read('Messages.json of a day', `${messages}?DateSent<=${day(0)}`),
    read('audit log', '/audit'),
    read('audit log, none matches', `/audit?actor=moderator&until=${day(-1)}`),
    read('blocklist', '/blocklist?kind=pdq'),
    read('deletions', '/deletions'),
    read('deletions that are stuck', '/deletions?state=stuck'),
    read('a large deletion', `/deletions/${SEEDED.largeDeletion}`),
    read('senders', '/senders?muted=true'),
    read('deliveries', `/endpoints/${SEEDED.endpoint}/deliveries?state=failed`),
    read('previews that are left', '/previews/rebuild'),
    ask('dry run of a bulk act on all', '/bulk', { action: 'hold', filter: {}, dryRun: true }),
    ask('counting a sender', '/senders/erasures', { address: SEEDED.sender, dryRun: true }),
    ask('blocking a picture', `/media/${seededSid('ME', 77)}/block`, {}),
    ask('an export', '/senders/export', { address: SEEDED.sender }),
    {
      name: 'a bulk act on 1 % of them',
      isRead: false,
      run: async () => {
        const filter = { from: '+15551000008' };
        const { id } = await json('POST', '/bulk', { action: 'hold', filter });
        await until(async () => (await json('GET', `/bulk/${id}`)).endedAt !== null);
      },
    },
    {
      name: 'erasing a sender of 1 %',
      isRead: false,
      run: async () => {
        const path = '/senders/erasures';
        const { id } = await json('POST', path, { address: SEEDED.sender });
        await until(async () => (await json('GET', `${path}/${id}`)).erasedAt !== null);
      },
    },
  ];
}

function formOf(picture: Buffer): FormData {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(picture)]), 'picture.jpg');
  return form;
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  while (!(await isDone())) await setTimeout(200);
}
