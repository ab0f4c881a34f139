import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The path of a sample file; test/fixtures/README.md says what each is and how it was made. */
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
