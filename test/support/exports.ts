import { expect } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import type { CallAs } from './call-as.ts';
import { readZip } from './read-zip.ts';
import { smallPicture } from './small-picture.ts';
import { eventually, type TestInbox } from './test-inbox.ts';

/** `manifest.json` of an export. */
interface Manifest {
  export: string;
  requestedBy: string;
  media: { sid: string; file: string; from: string | null; sha256: string }[];
  omitted: { sid: string; reason: string }[];
}

/** Asks for an export, waits until it is ready, and returns it. */
export async function makeExport(call: CallAs, body: object) {
  const begun = await call('post', '/api/v1/exports').send(body).expect(202);
  return whenReady(call, begun.body.id);
}

export async function whenReady(call: CallAs, id: string) {
  return eventually(async () => {
    const { body } = await call('get', `/api/v1/exports/${id}`).expect(200);
    expect(body.state).toBe('ready');
    return body;
  });
}

/** The zip of an export, its files and its manifest. */
export async function downloadExport(call: CallAs, id: string) {
  const { body: bytes, headers } = await readArchive(call, id).expect(200);
  const files = await readZip(bytes);
  const manifest = JSON.parse(String(files.get('manifest.json'))) as Manifest;
  return { bytes: bytes as Buffer, headers, files, manifest };
}

export function readArchive(call: CallAs, id: string) {
  return call('get', `/api/v1/exports/${id}/archive`).responseType('blob');
}

/** Receives a picture; each `seed` gives another one. */
export async function receivePicture(
  inbox: TestInbox,
  from: string,
  seed: number,
): Promise<MediaItem> {
  const attachment = { bytes: await smallPicture(seed), contentType: 'image/png' };
  const { message } = await inbox.receive({ from, attachments: [attachment] });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  if (media === undefined) throw new Error('the message has no media');
  return media;
}
