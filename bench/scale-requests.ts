import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { encodeOpaqueCursor } from '../src/http/paging.ts';
import { SEEDED, SEEDED_SINCE, seededSid } from '../test/support/seed-rows.ts';
import { call, list, once, type Reading, resumeStream, twilio } from './scale-calls.ts';
import { ACCOUNT } from './scale-deployment.ts';

const plus = encodeURIComponent;
const day = (n: number) =>
  new Date(SEEDED_SINCE.getTime() + n * 86_400_000).toISOString().slice(0, 10);
const PLACE = [SEEDED_SINCE.getTime() + 5_000_000, seededSid('MM', 500), 0];
const DEEP = encodeOpaqueCursor(PLACE);
const DEEP_BACKWARDS = encodeOpaqueCursor([...PLACE, 'newest', 'previous']);
const md5 = (text: string) => createHash('md5').update(text).digest('hex');

/** Each alone and each two together are measured; all have matches among the first thousand, but for the words. */
const FILTERS: Record<string, string> = {
  state: 'state=failed',
  moderation: 'moderation=held',
  sender: `from=${plus(SEEDED.sender)}`,
  recipient: `to=${plus(SEEDED.recipient)}`,
  'rare recipient': `to=${plus(SEEDED.rareRecipient)}`,
  type: 'contentType=video/',
  location: 'hasLocation=false',
  words: 'text=message',
  'rare word': 'text=77777',
  'words of sounds': 'transcript=minute',
  after: `receivedAfter=${day(0)}`,
  before: `receivedBefore=${SEEDED_SINCE.toISOString().replace('00:00:00', '02:00:00')}`,
};

/** Lists and other reading requests: first and deep pages, each filter and pair of filters, sums, dry runs. */
export function readings(rows: number, picture: Buffer): Reading[] {
  // As `seedInbox` makes them.
  const sha256 = md5('77') + md5('second half 77');
  const messages = `/2010-04-01/Accounts/${ACCOUNT.accountSid}/Messages.json`;
  const names = Object.keys(FILTERS);
  const pairs = names.flatMap((name, n) => names.slice(n + 1).map((other) => [name, other]));
  const isAsked = ([one = '', other = '']: string[]) =>
    keyOf(FILTERS[one]) !== keyOf(FILTERS[other]);
  return [
    list('media', '/media?'),
    list('media, a deep page', `/media?cursor=${DEEP}`),
    list('media, the page before a deep one', `/media?cursor=${DEEP_BACKWARDS}`),
    ...names.map((name) => list(`media by ${name}`, `/media?${FILTERS[name]}`)),
    ...pairs
      .filter(isAsked)
      .map(([one = '', other = '']) =>
        list(`media by ${one} and ${other}`, `/media?${FILTERS[one]}&${FILTERS[other]}`),
      ),
    list('media with the same bytes', `/media?sha256=${sha256}`),
    once('media that look like a picture', 'POST', '/media/similar', formOf(picture)),
    once('one attachment', 'GET', `/media/${seededSid('ME', 77)}`),
    once('the story of an attachment', 'GET', `/media/${seededSid('ME', 77)}/story`),
    list('messages', '/messages?'),
    list('messages, a deep page', `/messages?cursor=${DEEP}`),
    list('messages of a sender', `/messages?${FILTERS.sender}`),
    list('messages to a rare recipient', `/messages?${FILTERS['rare recipient']}`),
    list('messages with a word', '/messages?text=message'),
    twilio('Messages.json', messages),
    twilio('Messages.json of a day', `${messages}?DateSent<=${day(0)}`),
    twilio('Messages.json of a sender', `${messages}?From=${plus(SEEDED.sender)}`),
    twilio(
      'Messages.json of a sender on a day',
      `${messages}?From=${plus(SEEDED.sender)}&DateSent<=${day(0)}`,
    ),
    twilio('Media.json', `${messages.replace('.json', '')}/${seededSid('MM', 77)}/Media.json`),
    list('audit log', '/audit?'),
    list('audit log of an actor', '/audit?actor=rare'),
    list('audit log of an action', '/audit?action=key.create'),
    list('audit log of an attachment', `/audit?target=${seededSid('ME', 77)}`),
    list('audit log until a day', `/audit?until=${day(0)}`),
    list('blocklist', '/blocklist?'),
    list('blocklist of a kind', '/blocklist?kind=pdq'),
    list('deletions', '/deletions?'),
    list('deletions that are open', '/deletions?state=open'),
    list('deletions that are stuck', '/deletions?state=stuck'),
    once('a large deletion', 'GET', `/deletions/${SEEDED.largeDeletion}`),
    list('targets of a large deletion', `/deletions/${SEEDED.largeDeletion}/targets?`),
    list('senders', '/senders?'),
    list('muted senders', '/senders?muted=true'),
    list('reports', '/reports?'),
    list('acts', '/acts?'),
    list('acts that failed', '/acts?state=failed'),
    list('claims', '/claims?'),
    ...['held', 'quarantined', 'failed', 'reported', 'escalated'].map((queue) =>
      list(`queue ${queue}`, `/queues/${queue}/items?`),
    ),
    list('queue held of a sender', `/queues/held/items?${FILTERS.sender}`),
    list('deliveries', `/endpoints/${SEEDED.endpoint}/deliveries?`),
    list('deliveries that failed', `/endpoints/${SEEDED.endpoint}/deliveries?state=failed`),
    list('items of a bulk act', `/bulk/${SEEDED.bulkAct}/items?`),
    { name: 'stream of events, resumed', ask: resumeStream },
    once('health', 'GET', '/health'),
    once('readiness', 'GET', '/readyz'),
    once('metrics', 'GET', '/metrics'),
    once('figures', 'GET', '/figures'),
    once('counts of queues', 'GET', '/queues'),
    once('flow', 'GET', '/operations/figures'),
    once('previews that are left', 'GET', '/previews/rebuild'),
    once('blocking a picture', 'POST', `/media/${seededSid('ME', 77)}/block`, {}),
    // What follows grows with what there is.
    ...[
      once('media by day', 'GET', '/media/buckets?timeZone=Europe/Berlin'),
      once(
        'media by month, of a recipient',
        'GET',
        `/media/buckets?unit=month&${FILTERS.recipient}`,
      ),
      once('media by day, a word of every text', 'GET', '/media/buckets?limit=7&text=message'),
      once('where pages begin', 'GET', '/media/page-starts'),
      once(
        'where pages of a day begin',
        'GET',
        `/media/page-starts?receivedAfter=${day(1)}&receivedBefore=${day(2)}`,
      ),
      twilio('Messages.json, a page by its number', `${messages}?Page=${Math.floor(rows / 60)}`),
      once('dry run of a bulk act on all', 'POST', '/bulk', {
        action: 'hold',
        filter: {},
        dryRun: true,
      }),
      once('counting a sender', 'POST', '/senders/erasures', {
        address: SEEDED.sender,
        dryRun: true,
      }),
      once('an export', 'POST', '/senders/export', { address: SEEDED.sender }),
    ].map((reading) => ({ ...reading, name: `grows: ${reading.name}` })),
  ];
}

const keyOf = (filter = '') => filter.split('=')[0];

/** What is done once and followed to its end; it takes longer the more there is. */
export function changes(url: string): { name: string; run(): Promise<void> }[] {
  const json = async (method: string, path: string, body?: object) =>
    JSON.parse((await call(url, method, path, body)).toString());
  return [
    {
      name: 'a bulk act on 1 % of them',
      run: async () => {
        const filter = { from: '+15551000008' };
        const { id } = await json('POST', '/bulk', { action: 'hold', filter });
        await until(async () => (await json('GET', `/bulk/${id}`)).endedAt !== null);
      },
    },
    {
      name: 'erasing a sender of 1 %',
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
