import { expect, test } from 'vitest';
import type { BlocklistHash } from '../../../../src/moderation/blocklist/blocklist-index.ts';
import {
  type HashListReport,
  parseHashList,
} from '../../../../src/moderation/blocklist/import-hash-list.ts';

const A = 'a1'.repeat(32);
const B = 'B2'.repeat(32);
const sha256 = (hash: string): BlocklistHash => ({ kind: 'sha256', hash: hash.toLowerCase() });
const pdq = (hash: string): BlocklistHash => ({ kind: 'pdq', hash: hash.toLowerCase() });

/** @param size of the pieces in which the file comes, in bytes */
async function* pieces(bytes: Buffer, size = 7): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function parse(
  file: string | Buffer,
  size?: number,
): Promise<HashListReport & { hashes: BlocklistHash[] }> {
  const hashes: BlocklistHash[] = [];
  const report = await parseHashList(pieces(Buffer.from(file), size), async (batch) => {
    hashes.push(...batch);
  });
  return { ...report, hashes };
}

test.each<[string, string, BlocklistHash[]]>([
  ['nothing', '', []],
  ['one line without an end', `sha256:${A}`, [sha256(A)]],
  ['both kinds', `sha256:${A}\npdq:${B}\n`, [sha256(A), pdq(B)]],
  ['the same digits as two kinds', `sha256:${A}\npdq:${A}\n`, [sha256(A), pdq(A)]],
  ['CR LF', `sha256:${A}\r\n\r\npdq:${B}\r\n`, [sha256(A), pdq(B)]],
  ['a byte order mark', `\uFEFFpdq:${A}\n`, [pdq(A)]],
  ['comments and blank lines', `# list of ${A}\n\n  \t\n  # more\npdq:${A}\n`, [pdq(A)]],
  ['blanks around', `  pdq: ${A}\t\n`, [pdq(A)]],
  ['upper case', `SHA256:${A.toUpperCase()}\nPdq:${B}\n`, [sha256(A), pdq(B)]],
])('%s can be read', async (_what, file, hashes) => {
  for (const size of [1, 7, 4096]) {
    expect(await parse(file, size)).toMatchObject({ hashes, taken: hashes.length, bad: 0 });
  }
});

const NEITHER = /begins with sha256: or pdq:/;
const DIGITS = /64 hex digits/;
test.each([
  ['digits alone', A, /may be a SHA-256 or a PDQ/],
  ['another kind', `md5:${A.slice(32)}`, NEITHER],
  ['words', 'block this', NEITHER],
  ['a kind alone', 'pdq:', DIGITS],
  ['a digit less', `pdq:${A.slice(1)}`, DIGITS],
  ['a digit more', `pdq:${A}0`, DIGITS],
  ['a letter that is no digit', `sha256:g${A.slice(1)}`, DIGITS],
  ['a file name behind, as sha256sum writes', `sha256:${A}  photo.jpg`, DIGITS],
  ['two hashes in a line', `sha256:${A} sha256:${B}`, DIGITS],
  ['a comment behind', `pdq:${A} # cat`, DIGITS],
  ['a single CR between lines', `pdq:${A}\rpdq:${B}`, DIGITS],
  ['a NUL', `pdq:${A}\0`, DIGITS],
  ['no text', '\xFF\xFE\x00\x00', NEITHER],
  ['a line without end', 'pdq:'.padEnd(5000, '0'), /too long/],
])('%s is a bad line, and the others are taken', async (_what, line, problem) => {
  for (const size of [3, 1500, 100_000]) {
    const { hashes, lines, bad, problems } = await parse(`pdq:${A}\n${line}\npdq:${B}`, size);
    expect(hashes).toEqual([pdq(A), pdq(B)]);
    expect([lines, bad]).toEqual([3, 1]);
    expect(problems).toEqual([{ line: 2, problem: expect.stringMatching(problem) }]);
    // What a person uploads by mistake is not repeated to others.
    expect(problems[0]?.problem).not.toMatch(/[0-9a-f]{8}|jpg|block this/);
  }
});

test('a file of one endless line is one bad line', async () => {
  async function* endless() {
    for (let n = 0; n < 1000; n += 1) yield Buffer.alloc(10_000, 'a');
  }
  const report = await parseHashList(endless(), async () => undefined);
  expect(report).toMatchObject({ lines: 1, bad: 1, taken: 0 });
});

test('the first hundred bad lines are told, all are counted', async () => {
  const { bad, problems } = await parse('nonsense\n'.repeat(250), 4096);
  expect([bad, problems.length, problems.at(-1)?.line]).toEqual([250, 100, 100]);
});

test('what stands there twice is taken once', async () => {
  const { hashes, duplicates } = await parse(`pdq:${A}\npdq:${B}\npdq:${A.toUpperCase()}\n`);
  expect([hashes, duplicates]).toEqual([[pdq(A), pdq(B)], 1]);
});

test('where a hash cannot be kept the reading ends with the reason', async () => {
  const reading = parseHashList(pieces(Buffer.from(`pdq:${A}\n`)), () =>
    Promise.reject(new Error('the database went away')),
  );
  await expect(reading).rejects.toThrow('the database went away');
});

test('a million lines are read piece by piece, one batch at a time', async () => {
  const LINES = 1_000_000;
  let ahead = 0;
  async function* file() {
    for (let n = 0; n < LINES; n += 1000) {
      ahead += 1;
      const block = Array.from({ length: 1000 }, (_, k) => {
        const hash = (n + k).toString(16).padStart(64, '0');
        return `${k % 2 === 0 ? 'pdq' : 'sha256'}:${hash}\r\n`;
      });
      yield Buffer.from(block.join(''));
    }
  }
  let [most, taken] = [0, 0];
  const report = await parseHashList(file(), async (batch) => {
    taken += batch.length;
    // How many lines were read and are not taken yet.
    most = Math.max(most, ahead * 1000 - taken);
  });
  expect(report).toEqual({ lines: LINES, taken: LINES, duplicates: 0, bad: 0, problems: [] });
  expect(taken).toBe(LINES);
  expect(most).toBeLessThan(2000);
});
