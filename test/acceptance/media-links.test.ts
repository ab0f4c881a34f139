import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MediaLinkSet } from '../../src/auth/media-links.ts';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { smallPicture } from '../support/small-picture.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let bytes: Buffer;
let picture: MediaItem;
beforeAll(async () => {
  inbox = await startTestInbox();
  bytes = await smallPicture(120, 'jpeg', 600);
  picture = await receive();
});
afterAll(() => inbox.stop());

async function receive(to: TestInbox = inbox): Promise<MediaItem> {
  const { message } = await to.receive({
    attachments: [{ bytes: await smallPicture(120, 'jpeg', 600), contentType: 'image/jpeg' }],
  });
  const [media] = await to.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  return media;
}

/** Of a picture, whose metadata can be removed. */
type Links = MediaLinkSet & { content: string };

async function linksTo(sid: string, body?: object): Promise<Links> {
  const request = inbox.api('post', `/api/v1/media/${sid}/links`);
  return (await (body === undefined ? request : request.send(body)).expect(201)).body;
}

const everyLink = ({ content, thumbnails }: Links) => [content, ...Object.values(thumbnails ?? {})];

/** The code of a problem, and its status. */
async function refusal(url: string): Promise<[number, string]> {
  const response = await fetch(url);
  return [response.status, (await response.json()).code];
}

describe('a link', () => {
  test('shows content and thumbnails to whoever has it, without a key', async () => {
    const { content, thumbnails, expiresAt } = await linksTo(picture.sid);
    expect(Object.keys(thumbnails ?? {})).toEqual(['small', 'medium', 'large']);
    expect(content.startsWith(`${inbox.url}/api/v1/media/${picture.sid}/content?`)).toBe(true);
    const response = await fetch(content);
    expect(response.status).toBe(200);
    expect(bytes.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
    for (const [size, width] of Object.entries({ small: 160, medium: 480, large: 600 })) {
      const thumbnail = await fetch(thumbnails?.[size] ?? '');
      const info = await sharp(Buffer.from(await thumbnail.arrayBuffer())).metadata();
      expect([thumbnail.status, info.width]).toEqual([200, width]);
    }
    const seconds = (Date.parse(String(expiresAt)) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(3500);
    expect(seconds).toBeLessThanOrEqual(3600);
  });

  test('can be embedded elsewhere and is asked for again each time; with a key neither', async () => {
    const links = await linksTo(picture.sid);
    for (const url of everyLink(links)) {
      const { headers } = await fetch(url);
      expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin');
      expect(headers.get('cache-control')).toBe('private, no-cache');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      const { pathname } = new URL(url);
      const withKey = await inbox.api('get', pathname).expect(200);
      expect(withKey.headers['cross-origin-resource-policy']).toBe('same-origin');
    }
  });

  test('knows ranges, conditional requests and HEAD', async () => {
    const { content } = await linksTo(picture.sid);
    const part = await fetch(content, { headers: { range: 'bytes=0-9' } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 10]);
    const head = await fetch(content, { method: 'HEAD' });
    expect(head.headers.get('content-length')).toBe(String(bytes.length));
    const etag = String(head.headers.get('etag'));
    expect((await fetch(content, { headers: { 'if-none-match': etag } })).status).toBe(304);
  });

  test('lives as long as was asked', async () => {
    for (const expiresIn of [60, 86_400, 604_800]) {
      const { expiresAt, content } = await linksTo(picture.sid, { expiresIn });
      const seconds = (Date.parse(String(expiresAt)) - Date.now()) / 1000;
      expect(Math.abs(seconds - expiresIn)).toBeLessThan(30);
      expect((await fetch(content)).status).toBe(200);
    }
  });

  test('to another size, media, part or time is 403', async () => {
    const other = await receive();
    const { content, thumbnails } = await linksTo(picture.sid);
    const small = thumbnails?.small ?? '';
    const expires = Number(new URL(content).searchParams.get('expires'));
    for (const [url, before, after] of [
      [small, 'size=small', 'size=large'],
      [small, 'size=small&', ''],
      [small, 'size=small', 'size=small&size=large'],
      [small, '/thumbnail', '/content'],
      [content, '/content', '/thumbnail'],
      [content, '/content?', '/content?size=small&'],
      [content, picture.sid, other.sid],
      [content, picture.sid, `ME${'0'.repeat(32)}`],
      [content, `expires=${expires}`, `expires=${expires + 1}`],
      [content, `expires=${expires}`, `expires=${expires - 7200}`],
      [content, `expires=${expires}`, 'expires=99999999999'],
      [content, `expires=${expires}`, 'expires=NaN'],
      [content, `expires=${expires}&`, ''],
      [content, /signature=./, 'signature='],
      [content, /signature=.*/, 'signature='],
      [content, /signature=.*/, 'signature=ü'],
      [content, /(signature=.*)/, '$1&$1'],
      [content, /signature=(.*)/, (_: string, text: string) => `signature=${text.toLowerCase()}`],
    ] as const) {
      const altered = url.replace(before, after as string);
      expect(altered).not.toBe(url);
      expect([altered, await refusal(altered)]).toEqual([altered, [403, 'link_invalid']]);
    }
  });

  test('opens nothing but the bytes', async () => {
    const { search } = new URL((await linksTo(picture.sid)).content);
    for (const path of ['/api/v1/media', `/api/v1/media/${picture.sid}`, '/api/v1/messages']) {
      expect((await fetch(inbox.url + path + search)).status).toBe(401);
    }
    const path = `/api/v1/media/${picture.sid}`;
    expect((await fetch(inbox.url + path + search, { method: 'DELETE' })).status).toBe(401);
    const links = await fetch(`${inbox.url}${path}/links${search}`, { method: 'POST' });
    expect(links.status).toBe(401);
  });

  test('a wrong one is refused also with a key, one without a signature is no link', async () => {
    const path = `/api/v1/media/${picture.sid}/content`;
    await inbox.api('get', `${path}?expires=99999999999&signature=x`).expect(403);
    expect(await refusal(`${inbox.url}${path}?expires=99999999999`)).toEqual([401, 'unauthorized']);
    await inbox.api('get', `${path}?expires=99999999999`).expect(200);
  });

  test('survives a restart, and shows nothing after a delete', async () => {
    const media = await receive();
    const links = await linksTo(media.sid);
    const port = new URL(inbox.url).port;
    await inbox.restart({ PORT: port });
    for (const url of everyLink(links)) expect((await fetch(url)).status).toBe(200);
    await inbox.api('delete', `/api/v1/media/${media.sid}`).expect(204);
    for (const url of everyLink(links)) {
      expect(await refusal(url)).toEqual([404, 'media_deleted']);
    }
  });
});

describe('POST /api/v1/media/{sid}/links', () => {
  test.each([59, 604_801, 0, -1, 60.5, '60', null, 1e30])(
    'expiresIn %j is refused',
    async (expiresIn) => {
      const { body } = await inbox
        .api('post', `/api/v1/media/${picture.sid}/links`)
        .send({ expiresIn })
        .expect(400);
      expect(body.errors[0]).toMatchObject({ field: 'expiresIn' });
    },
  );

  test('needs a key, a media whose bytes are here, and a body that it knows', async () => {
    const path = `/api/v1/media/${picture.sid}/links`;
    expect((await fetch(inbox.url + path, { method: 'POST' })).status).toBe(401);
    await inbox.api('post', path).send({ expires: 60 }).expect(400);
    const { body: problem } = await inbox.api('post', path).type('json').send('{').expect(400);
    expect(problem.detail).toBe('The body is not valid JSON.');
    const typed = inbox.api('post', path).type('text/plain').send('{"expiresIn":60}');
    expect((await typed.expect(415)).body.code).toBe('unsupported_media_type');
    await inbox.api('post', `/api/v1/media/ME${'0'.repeat(32)}/links`).expect(404);
    const { headers } = await inbox.api('get', path).expect(405);
    expect(headers.allow).toBe('POST');

    const fault = { kind: 'status', status: 429, retryAfterSeconds: 60 } as const;
    const { message } = await inbox.receive({
      attachments: [{ bytes, contentType: 'image/jpeg', faults: [fault] }],
    });
    const pending = `/api/v1/media/${message.media[0]?.sid}`;
    const { body } = await inbox.api('post', `${pending}/links`).expect(404);
    expect(body.code).toBe('media_not_stored');
    await inbox.api('delete', pending).expect(204);
    expect((await inbox.api('post', `${pending}/links`).expect(404)).body.code).toBe(
      'media_deleted',
    );
  });

  test('a viewer may, and what is no picture has thumbnails, too', async () => {
    const { body: key } = await inbox
      .api('post', '/api/v1/keys')
      .send({ name: 'embeds', role: 'viewer' })
      .expect(201);
    const { message } = await inbox.receive({
      attachments: [
        { bytes: Buffer.from('BEGIN:VCARD\r\nEND:VCARD\r\n'), contentType: 'text/vcard' },
      ],
    });
    const [card] = await inbox.mediaOf(message.sid, 'stored');
    const response = await fetch(`${inbox.url}/api/v1/media/${card?.sid}/links`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key.secret}` },
    });
    expect(response.status).toBe(201);
    const links = await response.json();
    expect((await fetch(links.thumbnails.small)).status).toBe(200);
    const content = await fetch(links.content);
    expect(content.status).toBe(200);
    expect(content.headers.get('content-disposition')).toContain('attachment');
  });
});

test('one media may come with its links, as in lists', async () => {
  const path = `/api/v1/media/${picture.sid}`;
  const { body } = await inbox.api('get', `${path}?links=true`).expect(200);
  const { links, ...item } = body;
  expect(item).toEqual(picture);
  expect(everyLink(links)).toHaveLength(4);
  for (const url of everyLink(links)) expect((await fetch(url)).status).toBe(200);
  for (const query of ['', '?links=false']) {
    expect((await inbox.api('get', path + query).expect(200)).body).toEqual(picture);
  }
  await inbox.api('get', `${path}?links=yes`).expect(400);
});

test('a link with a parameter more is refused', async () => {
  const { content, thumbnails } = await linksTo(picture.sid);
  for (const url of [content, thumbnails?.small]) {
    expect(await refusal(`${url}&more=1`)).toEqual([400, 'invalid_request']);
  }
});

describe('in lists', () => {
  test('links come only where they are asked for, with media whose bytes are here', async () => {
    const fault = { kind: 'status', status: 429, retryAfterSeconds: 60 } as const;
    const { message } = await inbox.receive({
      attachments: [{ bytes, contentType: 'image/jpeg', faults: [fault] }],
    });
    const list = async (query: string) =>
      (await inbox.api('get', `/api/v1/media${query}`).expect(200)).body.items;
    for (const query of ['', '?links=false']) {
      for (const item of await list(query)) expect(item).not.toHaveProperty('links');
    }
    const items: (MediaItem & { links?: Links })[] = await list('?links=true');
    expect(items.find(({ sid }) => sid === message.media[0]?.sid)).not.toHaveProperty('links');
    const own = items.find(({ sid }) => sid === picture.sid)?.links;
    if (own === undefined) throw new Error('no links');
    for (const url of everyLink(own)) expect((await fetch(url)).status).toBe(200);
    await inbox.api('get', '/api/v1/media?links=yes').expect(400);
    await inbox.api('delete', `/api/v1/media/${message.media[0]?.sid}`).expect(204);
  });
});

test('begin with PUBLIC_URL where there is one, its prefix included', async () => {
  await inbox.restart({ PUBLIC_URL: 'https://mms.example.com/inbox' });
  const { content } = await linksTo(picture.sid);
  expect(content).toContain(`https://mms.example.com/inbox/api/v1/media/${picture.sid}/content?`);
  // The proxy strips the prefix.
  const here = content.replace('https://mms.example.com/inbox', inbox.url);
  expect((await fetch(here)).status).toBe(200);
  await inbox.restart();
});

test('links of one server are worth nothing at another with its own database', async () => {
  const other = await startTestInbox();
  try {
    const { content } = await linksTo(picture.sid);
    expect(await refusal(content.replace(inbox.url, other.url))).toEqual([403, 'link_invalid']);
    const media = await receive(other);
    const { body } = await other.api('post', `/api/v1/media/${media.sid}/links`).expect(201);
    expect((await fetch(body.content)).status).toBe(200);
    expect(await refusal(body.content.replace(other.url, inbox.url))).toEqual([
      403,
      'link_invalid',
    ]);
  } finally {
    await other.stop();
  }
});

test('a link is not in the log', async () => {
  const { content } = await linksTo(picture.sid);
  const signature = new URL(content).searchParams.get('signature') ?? '';
  await fetch(content);
  expect(inbox.logLines.join('')).not.toContain(signature);
});
