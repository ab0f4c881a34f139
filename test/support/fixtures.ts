import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import type { TestInbox } from './test-inbox.ts';

/** The path of a sample file; test/fixtures/README.md describes each, and how it was made. */
export function fixturePath(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** Whether this machine can decode video and audio. */
export function hasFfmpeg(): boolean {
  try {
    for (const tool of ['ffmpeg', 'ffprobe']) execFileSync(tool, ['-version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Whether this machine has exiftool, which reads and writes camera metadata in pictures. */
export function hasExiftool(): boolean {
  try {
    execFileSync('exiftool', ['-ver'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Sends sample files as one MMS with generic content types, and waits until they are stored. */
export async function receiveFixtures(inbox: TestInbox, ...names: string[]): Promise<MediaItem[]> {
  const attachments = await Promise.all(
    names.map(async (name) => ({
      bytes: await readFile(fixturePath(name)),
      contentType: 'application/octet-stream',
    })),
  );
  const { message } = await inbox.receive({ attachments });
  return inbox.mediaOf(message.sid, 'stored');
}
