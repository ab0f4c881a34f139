import sharp, { type Sharp } from 'sharp';
import { expect } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { rawBody } from './raw-body.ts';
import { smallPicture } from './small-picture.ts';
import { eventually, type TestInbox } from './test-inbox.ts';

/** An untrusted file: name and type are what the sender claims. */
export interface HostileFile {
  bytes: Buffer;
  name: string;
  type: string;
}

/** Thumbnails as decoded pixels, by size. */
export type Thumbnails = Record<'small' | 'medium' | 'large', Sharp>;

const DEADLINE_MS = 60_000;
const MAX_SIDES = { small: 160, medium: 480, large: 1280 };
const ERROR_LEVEL = 50;
// Different from the pictures of other tests.
let neighbours = 70_000;

/**
 * Imports files as one message and receives an ordinary picture at the same time. Both must be stored
 * within a minute, every file with three thumbnails that decode.
 */
export async function importHostile(inbox: TestInbox, files: HostileFile[]): Promise<MediaItem[]> {
  const importing = inbox.api('post', '/api/v1/media');
  for (const { bytes, name, type } of files) {
    importing.attach('files', bytes, { filename: name, contentType: type });
  }
  const neighbour = receiveOrdinary(inbox);
  const { body } = await importing.expect(201);
  const media = await storedMedia(inbox, body.messageSid);
  expect(media).toHaveLength(files.length);
  for (const item of media) await decodeThumbnails(inbox, item);
  const [picture] = await storedMedia(inbox, await neighbour);
  expect(picture?.preview).toMatchObject({ kind: 'image', sizes: { large: { width: 32 } } });
  await expectUnharmed(inbox);
  return media;
}

/** The same for one file. */
export async function importOneHostile(inbox: TestInbox, file: HostileFile): Promise<MediaItem> {
  const [media] = await importHostile(inbox, [file]);
  if (media === undefined) throw new Error('nothing was imported');
  return media;
}

async function receiveOrdinary(inbox: TestInbox): Promise<string> {
  neighbours += 1;
  const bytes = await smallPicture(neighbours);
  const attachments = [{ bytes, contentType: 'image/png' }];
  return (await inbox.receive({ attachments })).message.sid;
}

function storedMedia(inbox: TestInbox, messageSid: string): Promise<MediaItem[]> {
  return eventually(async () => {
    const { body } = await inbox.api('get', `/api/v1/messages/${messageSid}`).expect(200);
    const media = body.media as MediaItem[];
    expect(media.map(({ state }) => state)).toEqual(media.map(() => 'stored'));
    return media;
  }, DEADLINE_MS);
}

/** Decodes all pixels of the three thumbnails. */
export async function decodeThumbnails(inbox: TestInbox, media: MediaItem): Promise<Thumbnails> {
  return {
    small: await decodeThumbnail(inbox, media, 'small'),
    medium: await decodeThumbnail(inbox, media, 'medium'),
    large: await decodeThumbnail(inbox, media, 'large'),
  };
}

async function decodeThumbnail(
  inbox: TestInbox,
  { sid, preview }: MediaItem,
  size: keyof Thumbnails,
): Promise<Sharp> {
  const path = `/api/v1/media/${sid}/thumbnail?size=${size}`;
  const { body } = await inbox.api('get', path).buffer(true).parse(rawBody).expect(200);
  const { data, info } = await sharp(body).raw().toBuffer({ resolveWithObject: true });
  const { width, height, channels } = info;
  expect(preview?.sizes[size]).toEqual({ width, height, byteSize: body.length });
  expect(Math.max(width, height)).toBeLessThanOrEqual(MAX_SIDES[size]);
  return sharp(data, { raw: { width, height, channels } });
}

/** Expects that the process answers and has logged no error. */
export async function expectUnharmed(inbox: TestInbox): Promise<void> {
  await inbox.api('get', '/healthz').expect(200);
  const errors = inbox.logLines.filter((line) => JSON.parse(line).level >= ERROR_LEVEL);
  expect(errors).toEqual([]);
}

const COLOURS = { red: [255, 0, 0], green: [0, 255, 0], blue: [0, 0, 255], white: [255, 255, 255] };
const CORNERS = [
  [0.08, 0.08],
  [0.92, 0.08],
  [0.08, 0.92],
  [0.92, 0.92],
] as const;

/** Which of four colours is nearest at top left, top right, bottom left and bottom right. */
export async function cornerColours({ large }: Thumbnails): Promise<string[]> {
  const { data, info } = await large.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return CORNERS.map(([right, down]) => {
    const x = Math.floor(info.width * right);
    const y = Math.floor(info.height * down);
    const pixel = data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3);
    const distance = (colour: number[]) =>
      colour.reduce((sum, level, channel) => sum + (level - (pixel[channel] ?? 0)) ** 2, 0);
    const byDistance = Object.entries(COLOURS).sort(([, a], [, b]) => distance(a) - distance(b));
    return byDistance[0]?.[0] ?? '';
  });
}
