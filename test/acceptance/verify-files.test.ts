import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { cut, damageFile, flipped, removed, storedFile } from '../support/damage-files.ts';
import { startStrictS3 } from '../support/s3/strict-s3.ts';
import { startTestS3 } from '../support/s3/test-s3.ts';
import { smallPicture } from '../support/small-picture.ts';
import { storedFiles } from '../support/stored-files.ts';
import { ACCOUNT, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { basic } from '../support/test-simulator.ts';
import { verify } from '../support/verifications.ts';

type Six = [MediaItem, MediaItem, MediaItem, MediaItem, MediaItem, MediaItem];

async function startStore(kind: 'disk' | 'fauxqs' | 'strict') {
  if (kind === 'disk') return { url: '', stop: async () => undefined };
  if (kind === 'fauxqs') return startTestS3();
  const s3 = await startStrictS3('mms');
  for (const [name, value] of Object.entries(s3.env)) vi.stubEnv(name, value);
  return s3;
}

describe.each(['disk', 'fauxqs', 'strict'] as const)('on %s', (kind) => {
  let store: Awaited<ReturnType<typeof startStore>>;
  let inbox: TestInbox;
  beforeAll(async () => {
    store = await startStore(kind);
    inbox = await startTestInbox({ BLOB_STORE_URL: store.url });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await inbox.stop();
    await store.stop();
  });
  afterEach(async () => {
    const { body } = await inbox.api('get', '/api/v1/media').expect(200);
    for (const { sid } of body.items) await inbox.api('delete', `/api/v1/media/${sid}`).expect(204);
  });
  const place = () => ({ dataDir: inbox.dataDir, s3Url: store.url || undefined });

  async function receive(seed: number): Promise<MediaItem> {
    const attachments = [{ bytes: await smallPicture(seed), contentType: 'image/png' }];
    const { message } = await inbox.receive({ attachments });
    const [media] = await inbox.mediaOf(message.sid, 'stored');
    if (media === undefined) throw new Error('not received');
    return media;
  }

  async function damage(
    { sha256 }: MediaItem,
    file: 'blobs' | 'previews' | 'renditions',
    change: (bytes: Buffer) => Buffer | null,
  ): Promise<string> {
    const size = file === 'previews' ? '.*-medium' : '';
    const key = await storedFile(place(), new RegExp(`${file}/../${sha256}${size}`));
    await damageFile(place(), key, change);
    return key;
  }

  async function expectWhole({ sid }: MediaItem, seed: number): Promise<void> {
    const { body } = await inbox.api('get', `/api/v1/media/${sid}/content`).expect(200);
    expect(body).toEqual(await smallPicture(seed));
    await inbox.api('get', `/api/v1/media/${sid}/thumbnail?size=medium`).expect(200);
  }

  test('every kind of damage is found, told apart, and repaired without reading all again', async () => {
    const seeds = [11, 12, 13, 14, 15, 16];
    const media: MediaItem[] = [];
    for (const seed of seeds) media.push(await receive(seed));
    const [changed, short, lost, lostPreview, changedPreview, held] = media as Six;
    const decision = { decision: 'hold', expected: 'visible' };
    await inbox.api('post', `/api/v1/media/${held.sid}/decision`).send(decision).expect(200);
    const clean = await verify(inbox);
    expect(clean.findings).toEqual([]);
    expect(clean.item).toMatchObject({ state: 'done', progress: 1, files: 6 * 4, missing: 0 });

    const bad = [
      await damage(changed, 'blobs', flipped),
      await damage(short, 'blobs', cut),
      await damage(lost, 'blobs', removed),
      await damage(lostPreview, 'previews', removed),
      await damage(changedPreview, 'previews', flipped),
    ];
    const { item, findings } = await verify(inbox);
    expect(item).toMatchObject({ missing: 2, damaged: 3, unreadable: 0, settled: 0, waiting: 0 });
    const found = new Map(
      findings.map(({ mediaSids, kind, file }) => [mediaSids[0], [kind, file]]),
    );
    expect(found).toEqual(
      new Map([
        [changed.sid, ['wrong_hash', 'original']],
        [short.sid, ['wrong_size', 'original']],
        [lost.sid, ['missing', 'original']],
        [lostPreview.sid, ['missing', 'preview']],
        [changedPreview.sid, ['wrong_hash', 'preview']],
      ]),
    );
    const { body: health } = await inbox.api('get', '/api/v1/health').expect(200);
    expect(health.parts).toContainEqual(
      expect.objectContaining({
        name: 'verification',
        state: 'degraded',
        detail: expect.stringContaining('5 findings'),
      }),
    );

    const repaired = await verify(inbox, { repair: true });
    expect(repaired.item).toMatchObject({ id: item.id, files: item.files, settled: 5, waiting: 0 });
    expect(new Set(repaired.findings.map(({ repair }) => repair))).toEqual(new Set(['repaired']));
    for (const [index, one] of media.entries()) {
      if (one !== held) await expectWhole(one, seeds[index] ?? 0);
    }
    await eventually(async () => {
      const left = await storedFiles(place());
      expect(left.filter((key) => bad.includes(key))).toEqual([]);
    });
    const { body: audit } = await inbox.api('get', `/api/v1/audit?target=${lost.sid}`).expect(200);
    expect(audit.items).toContainEqual(
      expect.objectContaining({
        action: 'media.repair',
        after: { file: 'original', kind: 'missing' },
      }),
    );
    expect((await verify(inbox)).findings).toEqual([]);
  }, 180_000);

  test('a rendition is made again', async () => {
    const picture = await receive(21);
    const path = `/api/v1/media/${picture.sid}/rendition?as=picture`;
    await eventually(() => inbox.api('get', path).expect(200));
    const keys = (await storedFiles(place())).filter((key) => key.includes('renditions/'));
    for (const key of keys) await damageFile(place(), key, flipped);
    const { findings } = await verify(inbox, { repair: true });
    expect(findings).toMatchObject(
      keys.map(() => ({ kind: 'wrong_hash', file: 'rendition', name: 'picture', page: 1 })),
    );
    await eventually(() => inbox.api('get', path).expect(200));
    expect((await verify(inbox)).findings).toEqual([]);
  }, 120_000);

  test('what Twilio does not have any more stays as it is, with the reason', async () => {
    const gone = await receive(31);
    const kept = await receive(32);
    const { body } = await inbox
      .api('post', '/api/v1/media')
      .attach('files', await smallPicture(33), 'a.png')
      .field('from', '+15551234567')
      .expect(201);
    const sid = body.items[0].sid as string;
    const imported = await eventually(async () => {
      const { body: item } = await inbox.api('get', `/api/v1/media/${sid}`).expect(200);
      expect(item.state).toBe('stored');
      return item as MediaItem;
    });
    const keys = [
      await damage(imported, 'blobs', cut),
      await damage(gone, 'blobs', cut),
      await damage(kept, 'blobs', removed),
    ];
    await fetch(`${inbox.twilio.apiBaseUrl}${TWILIO_PATH(gone)}.json`, {
      method: 'DELETE',
      headers: basic(ACCOUNT.sid, ACCOUNT.authToken),
    });
    const { item, findings } = await verify(inbox, { repair: true });
    expect(item).toMatchObject({ settled: 1, waiting: 0 });
    const reasons = new Map(findings.map((one) => [one.mediaSids[0], [one.repair, one.reason]]));
    expect(reasons.get(imported.sid)).toEqual([
      'failed',
      'It was imported: there is no copy at Twilio',
    ]);
    expect(reasons.get(gone.sid)).toEqual(['failed', expect.any(String)]);
    expect(reasons.get(kept.sid)).toEqual(['repaired', null]);
    // The only bytes that there are.
    const files = await storedFiles(place());
    expect(files).toContain(keys[0]);
    expect(files).toContain(keys[1]);
  }, 120_000);
});

const TWILIO_PATH = ({ sid, messageSid }: MediaItem) =>
  `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages/${messageSid}/Media/${sid}`;
