import { basename } from 'node:path';
import { expect, test } from 'vitest';
import {
  newFileName,
  newPreviewKey,
  newRenditionKey,
  writerOf,
} from '../../../src/files/file-names.ts';

const WRITER = '0123456789ab';
const blobs = {
  newName: (owner: string) => newFileName(owner, WRITER),
  newKey: (path: string) => path,
};

test('a name contains its writer', () => {
  const preview = newPreviewKey(blobs, 'abcd', 'small', 'image/webp');
  const rendition = newRenditionKey(blobs, 'abcd', 'picture', 'image/jpeg');
  expect(rendition).toMatch(/^renditions\/ab\/abcd-/);
  expect([preview, rendition, blobs.newName('abcd')].map((key) => writerOf(basename(key)))).toEqual(
    [WRITER, WRITER, WRITER],
  );
});

test('a release without renditions finds no writer in their names, so that its sweep keeps them', () => {
  const before = /-([0-9a-f]{12})-[0-9a-f]{12}(?:-[a-z]+\.[a-z0-9]+)?$/;
  expect(newRenditionKey(blobs, 'abcd', 'picture', 'image/jpeg')).not.toMatch(before);
});
