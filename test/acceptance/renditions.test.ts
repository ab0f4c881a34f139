import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import ICAL from 'ical.js';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { callAs } from '../support/call-as.ts';
import { deleteMedia } from '../support/deletion-record.ts';
import { findCopies } from '../support/find-copies.ts';
import { fixturePath, hasFfmpeg, receiveFixtures } from '../support/fixtures.ts';
import { rawBody } from '../support/raw-body.ts';
import { removeStoredFiles, storedFiles } from '../support/stored-files.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox({ PATH: process.env.PATH ?? '' });
});
afterAll(() => inbox.stop());

const pathOf = (media: MediaItem | undefined, query: string) =>
  `/api/v1/media/${media?.sid}/rendition?${query}`;

function get(media: MediaItem | undefined, query: string, of = inbox) {
  return of.api('get', pathOf(media, query)).buffer(true).parse(rawBody);
}

/** The answer once it is not 202 any more. */
function made(media: MediaItem | undefined, query: string, of = inbox) {
  return eventually(async () => {
    const answer = await get(media, query, of);
    expect(answer.status).not.toBe(202);
    return answer;
  });
}

const problemOf = ({ status, body }: { status: number; body: Buffer }) => {
  const { code, detail } = JSON.parse(body.toString());
  return { status, code, detail };
};

test('it is made when it is requested first, and kept', async () => {
  const [photo] = await receiveFixtures(inbox, 'photo.jpg');
  expect(photo?.renditions).toEqual([
    { as: 'picture', page: 1, pages: 1, state: 'possible', reason: null },
  ]);
  const first = await inbox.api('get', pathOf(photo, 'as=picture')).expect(202);
  expect(first.headers['retry-after']).toBe('1');
  expect(first.body).toMatchObject({ as: 'picture', page: 1, reason: null });
  const { status, body, headers } = await made(photo, 'as=picture');
  expect([status, headers['content-type']]).toEqual([200, 'image/jpeg']);
  const metadata = await sharp(body).metadata();
  // Upright, and nothing of the camera, the place or the time.
  expect(metadata).toMatchObject({ width: 480, height: 640, format: 'jpeg' });
  expect([metadata.exif, metadata.icc, metadata.xmp, metadata.orientation]).toEqual(
    Array(4).fill(undefined),
  );
  const again = await get(photo, 'as=picture').set('If-None-Match', String(headers.etag));
  expect(again.status).toBe(304);
  const part = await get(photo, 'as=picture').set('Range', 'bytes=0-9').expect(206);
  expect(part.body).toEqual(body.subarray(0, 10));
  const { body: item } = await inbox.api('get', `/api/v1/media/${photo?.sid}`).expect(200);
  expect(item.renditions).toMatchObject([{ as: 'picture', state: 'ready', reason: null }]);
});

describe('a picture of', () => {
  test.each([
    ['photo.heic', 'jpeg', 640, 480],
    ['photo.avif', 'jpeg', 640, 480],
    ['photo.tiff', 'jpeg', 640, 480],
    ['photo-24bit.bmp', 'jpeg', 96, 64],
    ['photo-32bit.bmp', 'webp', 96, 64],
    ['cmyk.jpg', 'jpeg', 320, 240],
    ['wrong-icc.jpg', 'jpeg', 320, 240],
    ['photo-gray-alpha.png', 'webp', 96, 64],
    ['photo-cutout.heic', 'webp', 96, 64],
    ['photo-rotated.heic', 'jpeg', 480, 640],
    ['animated.gif', 'webp', 160, undefined],
  ])('%s is %s', async (name, format, width, height) => {
    const [item] = await receiveFixtures(inbox, name);
    const { status, body, headers } = await made(item, 'as=picture');
    expect([status, headers['content-type']]).toEqual([200, `image/${format}`]);
    const metadata = await sharp(body).metadata();
    expect([metadata.format, metadata.width, metadata.space]).toEqual([format, width, 'srgb']);
    if (height !== undefined) expect(metadata.height).toBe(height);
    expect([metadata.exif, metadata.icc]).toEqual([undefined, undefined]);
  });

  test('a file that is cut short is the part that decodes, with the reason', async () => {
    const whole = await readFile(fixturePath('photo.jpg'));
    const bytes = whole.subarray(0, Math.floor(whole.length * 0.7));
    const { message } = await inbox.receive({
      attachments: [{ bytes, contentType: 'image/jpeg' }],
    });
    const [item] = await inbox.mediaOf(message.sid, 'stored');
    const { body } = await made(item, 'as=picture');
    expect(await sharp(body).metadata()).toMatchObject({ width: 480, height: 640 });
    const shown = await inbox.api('get', `/api/v1/media/${item?.sid}`).expect(200);
    expect(shown.body.renditions[0].reason).toContain('only a part');
  });

  test('a wide gamut is still one', async () => {
    const [item] = await receiveFixtures(inbox, 'photo-p3.heic');
    const { body } = await made(item, 'as=picture');
    const { icc } = await sharp(body).metadata();
    const left = { left: 20, top: 100, width: 40, height: 40 };
    const { channels } = await sharp(
      await sharp(body).extract(left).toColourspace('srgb').png().toBuffer(),
    ).stats();
    expect(icc).toBeDefined();
    expect(channels.map(({ mean }) => Math.round(mean))[0]).toBeGreaterThan(245);
  });

  test('the pages of documents', async () => {
    const [pdf, tiff] = await receiveFixtures(inbox, 'document.pdf', 'multipage.tiff');
    expect(pdf?.renditions).toMatchObject([{ as: 'picture', pages: 2 }]);
    for (const page of [1, 2]) {
      const { body } = await made(pdf, `as=picture&page=${page}`);
      expect((await sharp(body).metadata()).height).toBeGreaterThan(3000);
    }
    expect(problemOf(await made(pdf, 'as=picture&page=3'))).toEqual({
      status: 404,
      code: 'no_rendition',
      detail: 'It has 2 pages.',
    });
    const { body } = await made(tiff, 'as=picture&page=3');
    expect(await sharp(body).metadata()).toMatchObject({ width: 240, height: 320 });
    await inbox.api('get', pathOf(pdf, 'as=picture&page=0')).expect(400);
  });
});

test('pages beyond the fiftieth have none, and say so', async () => {
  const create = { width: 8, height: 8, channels: 3, background: 'red' } as const;
  const page = await sharp({ create }).png().toBuffer();
  const pages = Array.from({ length: 51 }, () => page);
  const bytes = await sharp(pages, { join: { animated: true } })
    .tiff()
    .toBuffer();
  const { message } = await inbox.receive({ attachments: [{ bytes, contentType: 'image/tiff' }] });
  const [tiff] = await inbox.mediaOf(message.sid, 'stored');
  expect(tiff?.renditions).toMatchObject([{ as: 'picture', pages: 50 }]);
  expect((await made(tiff, 'as=picture&page=50')).status).toBe(200);
  expect(problemOf(await made(tiff, 'as=picture&page=51'))).toMatchObject({
    status: 404,
    detail: 'Only the first 50 pages have renditions.',
  });
});

test('texts, contacts and calendars are UTF-8', async () => {
  const [note, contact, event] = await receiveFixtures(
    inbox,
    ...['note-shiftjis.txt', 'contact-21.vcf', 'event.ics'],
  );
  const text = await made(note, 'as=text');
  expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
  expect(text.body.toString()).toContain('件名：来週の会議について');
  const card = await made(contact, 'as=text');
  expect(card.headers['content-disposition']).toContain('.vcf');
  expect(card.body.toString()).toContain('J=C3=B6rg');
  const { body } = await made(event, 'as=text');
  const [, properties, components] = ICAL.parse(body.toString()) as [string, unknown, unknown[]];
  expect(JSON.stringify(properties)).toContain('2.0');
  expect(JSON.stringify(components)).toContain('Café am Ufer');
});

test('what has none says why', async () => {
  const [zip, photo, pdf] = await receiveFixtures(
    inbox,
    ...['archive.zip', 'photo.png', 'encrypted.pdf'],
  );
  expect(zip?.renditions).toEqual([]);
  for (const [item, query, detail] of [
    [zip, 'as=picture', 'It has none.'],
    [photo, 'as=video', 'It has one as picture.'],
    [photo, 'as=picture&page=2', 'It has 1 page.'],
    [pdf, 'as=picture', 'needs a password'],
  ] as const) {
    const problem = problemOf(await made(item, query));
    expect(problem).toMatchObject({ status: 404, code: 'no_rendition' });
    expect(problem.detail).toContain(detail);
  }
  await inbox.api('get', pathOf(photo, 'as=poem')).expect(400);
});

test('held media have none for viewers, and need to be revealed', async () => {
  const [photo] = await receiveFixtures(inbox, 'photo.webp');
  await inbox
    .api('post', `/api/v1/media/${photo?.sid}/decision`)
    .send({ decision: 'hold' })
    .expect(200);
  const asViewer = await callAs(inbox, 'viewer');
  const { body } = await asViewer('get', pathOf(photo, 'as=picture')).expect(404);
  expect(body.code).toBe('not_found');
  const held = await inbox.api('get', pathOf(photo, 'as=picture')).expect(403);
  expect(held.body.code).toBe('reveal_needed');
});

test('a link shows it without a key, and only in that form', async () => {
  const [photo, pdf] = await receiveFixtures(inbox, 'photo-rle.bmp', 'document.pdf');
  const linksOf = async (item: MediaItem | undefined) =>
    (await inbox.api('post', `/api/v1/media/${item?.sid}/links`).expect(201)).body.renditions;
  const { picture } = await linksOf(photo);
  await eventually(async () => expect((await fetch(picture)).status).toBe(200));
  const shown = await fetch(picture);
  expect(shown.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
  expect((await fetch(picture.replace('as=picture', 'as=text'))).status).toBe(403);
  const pages = await linksOf(pdf);
  await eventually(async () => {
    expect((await fetch(`${pages.picture}&page=2`)).status).toBe(200);
  });
});

test('a link that reveals held media shows their first page only', async () => {
  const document = await readFile(fixturePath('document.pdf'));
  // Bytes of its own, of which nobody has requested the second page.
  const bytes = Buffer.concat([document, Buffer.from('%held\n')]);
  const { message } = await inbox.receive({
    attachments: [{ bytes, contentType: 'application/pdf' }],
  });
  const [pdf] = await inbox.mediaOf(message.sid, 'stored');
  const media = `/api/v1/media/${pdf?.sid}`;
  await inbox.api('post', `${media}/decision`).send({ decision: 'hold' }).expect(200);
  const { body } = await inbox.api('post', `${media}/reveal`).send({ reason: 'test' }).expect(201);
  await eventually(async () => expect((await fetch(body.renditions.picture)).status).toBe(200));
  const second = await fetch(`${body.renditions.picture}&page=2`);
  expect([second.status, (await second.json()).code]).toEqual([404, 'no_rendition']);
  await inbox.api('post', `${media}/decision`).send({ decision: 'approve' }).expect(200);
});

test('a thousand requests make one file', async () => {
  const [photo] = await receiveFixtures(inbox, 'orientation-6.jpg');
  for (let round = 0; round < 20; round += 1) {
    await Promise.all(Array.from({ length: 50 }, () => get(photo, 'as=picture')));
  }
  await made(photo, 'as=picture');
  const jobs = inbox.logLines.filter(
    (line) => line.includes('make-rendition') && line.includes(String(photo?.sha256)),
  );
  expect(jobs).toHaveLength(1);
}, 60_000);

test('a deletion leaves nothing of it, also while it is made', async () => {
  const [first, second] = await receiveFixtures(inbox, 'photo-8bit.bmp', 'tiles.heic');
  const { body } = await made(first, 'as=picture');
  expect(await findCopies(inbox, body)).not.toEqual([]);
  await deleteMedia(inbox, String(first?.sid));
  expect(await eventually(() => findCopies(inbox, body))).toEqual([]);
  await get(first, 'as=picture').expect(404);

  await get(second, 'as=picture').expect(202);
  await deleteMedia(inbox, String(second?.sid));
  await eventually(async () => {
    const names = await storedFiles(inbox);
    expect(names.filter((name) => name.includes(String(second?.sha256)))).toEqual([]);
  });
});

/** Removes the files of these bytes from a folder of the store. @returns how many */
function removeFiles(kind: 'blobs' | 'renditions', media: MediaItem | undefined) {
  return removeStoredFiles(inbox, new RegExp(`${kind}/../${media?.sha256}-`));
}

test('one whose file is missing is made again', async () => {
  const [photo] = await receiveFixtures(inbox, 'orientation-5.jpg');
  const { body } = await made(photo, 'as=picture');
  expect(await removeFiles('renditions', photo)).toBe(1);
  await inbox.api('get', pathOf(photo, 'as=picture')).expect(202);
  const again = await made(photo, 'as=picture');
  expect([again.status, again.body]).toEqual([200, body]);
});

test('a missing original is named, and not tried again', async () => {
  const [photo] = await receiveFixtures(inbox, 'orientation-7.jpg');
  expect(await removeFiles('blobs', photo)).toBe(1);
  const problem = problemOf(await made(photo, 'as=picture'));
  expect(problem).toMatchObject({ code: 'no_rendition' });
  expect(problem.detail).toBe('The file of the attachment is missing.');
  expect(inbox.logLines.join()).toContain('the bytes of an attachment are unreadable');
  await deleteMedia(inbox, String(photo?.sid));
});

test('HEAD makes none', async () => {
  const [photo] = await receiveFixtures(inbox, 'orientation-8.jpg');
  await inbox.api('head', pathOf(photo, 'as=picture')).expect(404);
  const { body } = await inbox.api('get', `/api/v1/media/${photo?.sid}`).expect(200);
  expect(body.renditions[0].state).toBe('possible');
});

test('a rebuild of the preview makes it anew', async () => {
  const [photo] = await receiveFixtures(inbox, 'orientation-3.jpg');
  const { headers } = await made(photo, 'as=picture');
  await inbox.api('post', '/api/v1/previews/rebuild').send({ kind: 'image' }).expect(202);
  await eventually(async () => {
    const { body } = await inbox.api('get', '/api/v1/previews/rebuild').expect(200);
    expect(body.remaining).toBe(0);
  });
  const again = await made(photo, 'as=picture');
  expect(again.headers.etag).not.toBe(headers.etag);
});

describe.skipIf(!hasFfmpeg())('with ffmpeg', () => {
  test.each(['audio.amr', 'audio.awb', 'audio.caf', 'audio.ogg', 'audio.wav', 'voice-only.3gp'])(
    'the sound of %s is AAC',
    async (name) => {
      const [item] = await receiveFixtures(inbox, name);
      const { status, body, headers } = await made(item, 'as=audio');
      expect([status, headers['content-type']]).toEqual([200, 'audio/mp4']);
      expect(body.toString('latin1')).toContain('mp4a');
    },
    60_000,
  );

  test.each(['video.3gp', 'video.avi', 'video.mpg', 'video.mov', 'video-hevc.mov', 'video.flv'])(
    'the video of %s is H.264, with its index first',
    async (name) => {
      const [item] = await receiveFixtures(inbox, name);
      const { status, body, headers } = await made(item, 'as=video');
      expect([status, headers['content-type']]).toEqual([200, 'video/mp4']);
      const text = body.toString('latin1');
      expect(text).toContain('avc1');
      expect(text.indexOf('moov')).toBeLessThan(text.indexOf('mdat'));
    },
    60_000,
  );

  test('what plays already is the original', async () => {
    const media = await receiveFixtures(inbox, 'video.mp4', 'video.webm', 'audio.mp3', 'audio.m4a');
    for (const [item, as] of [
      [media[0], 'video'],
      [media[1], 'video'],
      [media[2], 'audio'],
      [media[3], 'audio'],
    ] as const) {
      const { body } = await made(item, `as=${as}`);
      const original = inbox.api('get', `/api/v1/media/${item?.sid}/content`);
      expect((await original.buffer(true).parse(rawBody)).body).toEqual(body);
    }
  }, 60_000);
});

describe('an ffmpeg that', () => {
  /** An inbox whose ffmpeg and ffprobe are these scripts. */
  async function withTools(
    { ffmpeg, ffprobe }: { ffmpeg: string; ffprobe: string },
    use: (inbox: TestInbox) => Promise<void>,
  ): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-tools-'));
    for (const [name, script] of Object.entries({ ffmpeg, ffprobe })) {
      await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
      await chmod(join(folder, name), 0o755);
    }
    const other = await startTestInbox({ PATH: `${folder}:/usr/bin:/bin` });
    try {
      await use(other);
    } finally {
      await other.stop();
      await rm(folder, { recursive: true });
    }
  }
  const probed = JSON.stringify({
    format: {},
    streams: [{ codec_type: 'audio', codec_name: 'x' }],
  });

  test('is missing is named', async () => {
    const other = await startTestInbox({ PATH: '/nowhere' });
    const [sound] = await receiveFixtures(other, 'audio.amr');
    const problem = problemOf(await made(sound, 'as=audio', other));
    expect(problem).toMatchObject({ status: 404, code: 'no_rendition' });
    expect(problem.detail).toContain('ffmpeg is not installed');
    await other.stop();
  }, 60_000);

  test('exceeds its limits costs that file one attempt, and the reason is kept', async () => {
    const tools = { ffprobe: `echo '${probed}'`, ffmpeg: 'kill -XCPU $$' };
    await withTools(tools, async (other) => {
      const [sound] = await receiveFixtures(other, 'audio.amr');
      for (let n = 0; n < 3; n += 1) {
        const problem = problemOf(await made(sound, 'as=audio', other));
        expect(problem.detail).toContain('more processor time than is allowed');
      }
      // The line follows the commit.
      await eventually(async () => {
        const jobs = other.logLines.filter((line) => line.includes('"job":"make-rendition"'));
        expect(jobs).toHaveLength(1);
      });
    });
  }, 60_000);

  test.each(['ln -s', 'ln'])(
    'writes a link (%s) to another file shows nothing of that',
    async (link) => {
      const secret = join(await mkdtemp(join(tmpdir(), 'mms-inbox-secret-')), 'secret');
      await writeFile(secret, 'nobody may see this');
      const ffmpeg = `for last; do :; done; ${link} ${secret} "\${last#file:}"`;
      await withTools({ ffprobe: `echo '${probed}'`, ffmpeg }, async (other) => {
        const [sound] = await receiveFixtures(other, 'audio.amr');
        const problem = problemOf(await made(sound, 'as=audio', other));
        expect(problem).toMatchObject({ status: 404, code: 'no_rendition' });
        expect(problem.detail).toBe('The decoder gave no valid answer.');
      });
      expect(await readFile(secret, 'utf8')).toBe('nobody may see this');
      await rm(dirname(secret), { recursive: true });
    },
    60_000,
  );

  test('meets a full disk is run again later, and says so meanwhile', async () => {
    const full = "echo 'No space left on device' >&2; exit 1";
    const tools = { ffprobe: `echo '${probed}'`, ffmpeg: full };
    await withTools(tools, async (other) => {
      const [sound] = await receiveFixtures(other, 'audio.amr');
      await eventually(async () => {
        const { body } = await other.api('get', pathOf(sound, 'as=audio')).expect(202);
        expect(body.reason).toBe('There is no room left on the disk');
      });
    });
  }, 60_000);
});

test('eager: they are made when attachments are stored', async () => {
  const other = await startTestInbox({ RENDITIONS: 'eager' });
  const [photo] = await receiveFixtures(other, 'photo.jpg');
  await eventually(async () => {
    const { body } = await other.api('get', `/api/v1/media/${photo?.sid}`).expect(200);
    expect(body.renditions).toMatchObject([{ as: 'picture', state: 'ready' }]);
  });
  await other.stop();
}, 60_000);
