import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect } from 'vitest';
import type { PreviewResult } from '../../src/preview/preview-result.ts';
import { type FixturePreviews, startFixturePreviews } from './fixture-previews.ts';

/** A point of a picture, in fractions of its sides, and its colour as RGB or RGBA. */
export type Spot = [x: number, y: number, colour: number[]];

/** Makes previews of bytes that a test has generated. */
export interface BytesPreviews extends FixturePreviews {
  ofBytes(bytes: Buffer): Promise<PreviewResult>;
}

/** @param toolPath where to look for ffmpeg */
export async function startBytesPreviews(toolPath = ''): Promise<BytesPreviews> {
  const previews = await startFixturePreviews(toolPath);
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-bytes-'));
  let count = 0;
  return {
    ...previews,
    async ofBytes(bytes) {
      count += 1;
      const path = join(folder, `file-${count}`);
      await writeFile(path, bytes);
      return previews.ofFile(path);
    },
    async stop() {
      await previews.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Expects these colours in the large thumbnail, within the tolerance of a lossy format. */
export async function expectColours({ files }: PreviewResult, spots: Spot[], off = 12) {
  const { path } = files.find(({ size }) => size === 'large') ?? {};
  const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
  for (const [x, y, colour] of spots) {
    const pixel = Math.round(y * (info.height - 1)) * info.width + Math.round(x * (info.width - 1));
    const found = [...data.subarray(pixel * info.channels, (pixel + 1) * info.channels)];
    // The colour of a transparent pixel is not visible.
    const seen = colour[3] === 0 ? [0, 0, 0, found[3] ?? 255] : found;
    const isRight = colour.every((value, n) => Math.abs((seen[n] ?? 255) - value) <= off);
    expect([[x, y], isRight ? colour : found]).toEqual([[x, y], colour]);
  }
}

export const RED = [255, 0, 0];
export const GREEN = [0, 255, 0];
export const BLUE = [0, 0, 255];
export const WHITE = [255, 255, 255];
export const BLACK = [0, 0, 0];

/** Red, green, blue and white at the corners. */
export function corners(red = RED, green = GREEN, blue = BLUE, white = WHITE): Spot[] {
  return [
    [0.05, 0.05, red],
    [0.95, 0.05, green],
    [0.05, 0.95, blue],
    [0.95, 0.95, white],
  ];
}
