import { readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { type EditPlan, wholeFile } from '../../../src/files/edit-plan.ts';
import { UnstrippableError } from '../../../src/metadata/byte-reader.ts';
import { createStripPlans } from '../../../src/metadata/strip-plans.ts';
import { fixturePath } from '../../support/fixtures.ts';

const path = join(tmpdir(), `mms-inbox-strip-plans-${process.pid}.jpg`);
afterEach(() => rm(path, { force: true }));

const jpeg = (sha256: string) => ({ sha256, contentType: 'image/jpeg' });

test('a file is read once for many requests, together or later', async () => {
  await writeFile(path, await readFile(fixturePath('photo.jpg')));
  const planOf = createStripPlans();
  const [first, ...others] = await Promise.all([1, 2, 3].map(() => planOf(path, jpeg('a'))));
  for (const plan of others) expect(plan).toBe(first);
  await rm(path);
  expect(await planOf(path, jpeg('a'))).toBe(first);
  await expect(planOf(path, jpeg('b'))).rejects.toThrow('ENOENT');
  await expect(planOf(path, { sha256: 'a', contentType: 'image/png' })).rejects.toThrow('ENOENT');
});

test('that a file cannot be edited is remembered, that it cannot be read is not', async () => {
  const planOf = createStripPlans();
  await expect(planOf(path, jpeg('a'))).rejects.toThrow('ENOENT');
  await writeFile(path, 'no JPEG');
  await expect(planOf(path, jpeg('a'))).rejects.toThrow(UnstrippableError);
  await rm(path);
  await expect(planOf(path, jpeg('a'))).rejects.toThrow(UnstrippableError);
});

test('two plans are made at a time', async () => {
  const waiting: ((plan: EditPlan) => void)[] = [];
  const make = vi.fn(() => new Promise<EditPlan>((resolve) => waiting.push(resolve)));
  const planOf = createStripPlans(make);
  const plans = Promise.all(['a', 'b', 'c', 'd', 'd'].map((sha256) => planOf(path, jpeg(sha256))));
  for (let made = 0; made < 4; made += 1) {
    await vi.waitUntil(() => make.mock.calls.length === Math.min(4, made + 2));
    waiting.shift()?.(wholeFile(made + 1));
  }
  expect((await plans).map(({ byteSize }) => byteSize)).toEqual([1, 2, 3, 4, 4]);
});

test('the oldest plans are forgotten when all together are large', async () => {
  const bytes = Buffer.alloc(10 * 1024 ** 2);
  const make = vi.fn(async () => ({ byteSize: bytes.length, pieces: [{ bytes }] }));
  const planOf = createStripPlans(make);
  for (const sha256 of ['a', 'b', 'c', 'd']) await planOf(path, jpeg(sha256));
  expect(make).toHaveBeenCalledTimes(4);
  for (const sha256 of ['d', 'c', 'b']) await planOf(path, jpeg(sha256));
  expect(make).toHaveBeenCalledTimes(4);
  await planOf(path, jpeg('a'));
  expect(make).toHaveBeenCalledTimes(5);
});
