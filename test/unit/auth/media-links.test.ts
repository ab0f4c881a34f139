import type { Request } from 'express';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMediaLinks } from '../../../src/auth/media-links.ts';

const media = {
  renditions: [{ as: 'picture' }],
  sid: `ME${'a1'.repeat(16)}`,
  preview: {
    kind: 'image',
    reason: null,
    thumbhash: null,
    sizes: { small: { width: 1, height: 1, byteSize: 1 } },
  },
};
const links = createMediaLinks('secret');

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-01-31T12:00:00.900Z') });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A request as Express' simple query parser reads it. */
function requestOf(link: string): Request {
  const { pathname, searchParams } = new URL(link);
  return { path: pathname, query: Object.fromEntries(searchParams) } as unknown as Request;
}

test('is good until the second that it names, and no longer', () => {
  const { content, expiresAt } = links.create(media, 'http://localhost', 60);
  expect(expiresAt).toEqual(new Date('2026-01-31T12:01:00Z'));
  expect(links.check(requestOf(content))).toBe('view');
  vi.setSystemTime(expiresAt.getTime() - 1);
  expect(links.check(requestOf(content))).toBe('view');
  vi.setSystemTime(expiresAt);
  expect(() => links.check(requestOf(content))).toThrow(
    expect.objectContaining({ code: 'link_invalid' }),
  );
});

test('is signed for its part, size and time, by a secret', () => {
  const { content, thumbnails, renditions } = links.create(media, 'http://localhost', 60);
  const small = thumbnails?.small ?? '';
  const picture = renditions?.picture ?? '';
  expect(links.check(requestOf(picture))).toBe('view');
  expect(() => links.check(requestOf(picture.replace('as=picture', 'as=text')))).toThrow();
  expect(links.check(requestOf(small))).toBe('view');
  const signatures = [content, small].map((link) => new URL(link).searchParams.get('signature'));
  expect(new Set(signatures).size).toBe(2);
  for (const signature of signatures) expect(signature).toMatch(/^[\w-]{43}$/);
  const strangers = createMediaLinks('another secret');
  expect(() => strangers.check(requestOf(content))).toThrow();
});

test('a request without a signature is no link', () => {
  expect(links.check(requestOf('http://localhost/api/v1/media/ME1/content?expires=1'))).toBe(null);
});

test('without previews there are no thumbnails', () => {
  for (const preview of [null, { ...media.preview, sizes: {} }]) {
    expect(links.create({ ...media, preview }, '', 60).thumbnails).toBeNull();
  }
});

test('is for the form that it was made for, and no other', () => {
  const { content, renditions } = links.create(media, 'http://localhost', 60, {
    stripMetadata: true,
  });
  const plain = links.create(media, 'http://localhost', 60);
  for (const link of [content, renditions?.picture ?? '']) {
    expect(link).toContain('metadata=strip');
    expect(links.check(requestOf(link))).toBe('view');
    expect(() => links.check(requestOf(link.replace('metadata=strip&', '')))).toThrow();
    expect(() => links.check(requestOf(link.replace('metadata=strip', 'metadata=keep')))).toThrow();
  }
  for (const link of [plain.content, plain.renditions?.picture ?? '']) {
    expect(link).not.toContain('metadata');
    expect(() => links.check(requestOf(`${link}&metadata=strip`))).toThrow();
  }
});

test('of version 0.1.0 stays valid', () => {
  // Signed by that version, with the same secret.
  const signature = 'vohT8QsQIn8xoP4p9EIQR5REbuZC9LDxITlfKRTiXig';
  const query = `expires=1769860860&signature=${signature}`;
  const link = `http://localhost/api/v1/media/${media.sid}/content?${query}`;
  expect(links.check(requestOf(link))).toBe('view');
});
