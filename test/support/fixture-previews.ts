import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect } from 'vitest';
import { sniffContentType } from '../../src/media/download/sniff-content-type.ts';
import type { MediaDetails } from '../../src/preview/media-details.ts';
import { createPreviewPool, type PreviewPool } from '../../src/preview/preview-pool.ts';
import type { PreviewResult } from '../../src/preview/preview-result.ts';
import { fixturePath } from './fixtures.ts';

/** A sample file and its expected preview; `size` null when it is not checked. */
export type FixtureRow = [
  name: string,
  kind: string,
  size: [number, number] | null,
  details: MediaDetails,
];

/** Previews of sample files, as the worker makes them. */
export interface FixturePreviews {
  pool: PreviewPool;
  of(name: string, withLocation?: boolean): Promise<PreviewResult>;
  /** The same of any file. */
  ofFile(path: string, withLocation?: boolean): Promise<PreviewResult>;
  stop(): Promise<void>;
}

/** @param toolPath where to look for ffmpeg */
export async function startFixturePreviews(toolPath: string): Promise<FixturePreviews> {
  const pool = createPreviewPool({ concurrency: 2, toolPath });
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-kinds-'));
  async function ofFile(path: string, withLocation = false): Promise<PreviewResult> {
    const source = {
      path,
      withLocation,
      scratchFolder: await mkdtemp(join(folder, 'scratch-')),
      contentType: await sniffContentType(path),
      byteSize: (await stat(path)).size,
    };
    return pool.run(source, new AbortController().signal);
  }
  return {
    pool,
    of: (name, withLocation) => ofFile(fixturePath(name), withLocation),
    ofFile,
    async stop() {
      pool.close();
      await rm(folder, { recursive: true });
    },
  };
}

/** Expects that every still thumbnail decodes, has the stated size, fits its size limit, and is not blank. */
export async function expectThumbnails({ files }: PreviewResult): Promise<void> {
  const stills = files.filter(({ size }) => size !== 'animated');
  expect(stills.map(({ size }) => size)).toEqual(['small', 'medium', 'large']);
  for (const [n, { path, contentType, width, height, byteSize }] of stills.entries()) {
    const { info } = await sharp(path, { failOn: 'warning' })
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([width, height]);
    expect(Math.max(width, height)).toBeLessThanOrEqual([160, 480, 1280][n] ?? 0);
    const metadata = await sharp(path).metadata();
    expect([`image/${metadata.format}`, metadata.space]).toEqual([contentType, 'srgb']);
    expect([metadata.exif, metadata.icc, metadata.xmp]).toEqual([undefined, undefined, undefined]);
    expect((await stat(path)).size).toBe(byteSize);
    const { channels } = await sharp(path).stats();
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(3);
  }
}
