import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createPdqIndex, type PdqIndex } from '../../../src/pdq/pdq-index.ts';
import { bitsApart } from '../../support/bits-apart.ts';

type Entries = Map<number, Uint8Array>;

/** Every entry within a distance, as `id at distance`, sorted. */
function bruteForce(entries: Entries, hash: Uint8Array, maxDistance: number): string[] {
  return [...entries]
    .map(([id, other]) => ({ id, distance: bitsApart(hash, other) }))
    .filter(({ distance }) => distance <= maxDistance)
    .map(({ id, distance }) => `${id} at ${distance}`)
    .sort();
}

function found(index: PdqIndex<number>, hash: Uint8Array, maxDistance: number): string[] {
  const matches = index.search(hash, maxDistance);
  const distances = matches.map(({ distance }) => distance);
  expect(distances).toEqual(distances.toSorted((a, b) => a - b));
  return matches.map(({ id, distance }) => `${id} at ${distance}`).sort();
}

/** The hash with so many of its bits changed, in places that `random` (0 up to 1) chooses. */
function changed(hash: Uint8Array, bits: number, random: () => number): Uint8Array {
  const other = Uint8Array.from(hash);
  const places = Array.from({ length: 256 }, (_, n) => n);
  for (let n = 0; n < bits; n += 1) {
    const [place = 0] = places.splice(Math.floor(random() * places.length), 1);
    other[place >> 3] = (other[place >> 3] ?? 0) ^ (1 << (place & 7));
  }
  return other;
}

/** More than are looked through one by one, so that most are in the tables once these are built. */
const MANY = 20_000;

/** Random hashes, and near copies of the first fifty at every distance from 0 to 40. */
function fill(index: PdqIndex<number>, random: () => number): Entries {
  const entries: Entries = new Map();
  const add = (hash: Uint8Array) => {
    index.add(entries.size, hash);
    entries.set(entries.size, hash);
  };
  while (entries.size < MANY) add(randomBytes(32));
  for (let n = 0; n < 50; n += 1) {
    const hash = entries.get(n) ?? new Uint8Array(32);
    for (let bits = 0; bits <= 40; bits += 1) add(changed(hash, bits, random));
  }
  return entries;
}

test('near copies are found up to the distance and no further, before and after sorting', async () => {
  const index = createPdqIndex<number>();
  const entries = fill(index, Math.random);
  for (const when of ['before', 'after']) {
    for (const maxDistance of [0, 1, 15, 16, 31, 32, 40]) {
      for (const id of [0, 7, 23]) {
        const hash = entries.get(id) ?? new Uint8Array(32);
        const matches = found(index, hash, maxDistance);
        expect([when, matches.length]).toEqual([when, maxDistance + 2]);
        expect(matches).toEqual(bruteForce(entries, hash, maxDistance));
      }
    }
    await index.settled();
  }
});

test('the tables find what a look at every entry finds, for any hash and distance', async () => {
  const index = createPdqIndex<number>();
  const entries = fill(index, Math.random);
  await index.settled();
  fc.assert(
    fc.property(
      fc.nat(MANY - 1),
      fc.nat(70),
      fc.integer({ min: 0, max: 60 }),
      fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
      (id, bits, maxDistance, stream) => {
        const random = () => Number(stream.next().value);
        const query = changed(entries.get(id % 100) ?? new Uint8Array(32), bits, random);
        expect(found(index, query, maxDistance)).toEqual(bruteForce(entries, query, maxDistance));
      },
    ),
    { numRuns: 60 },
  );
});

test('adding, replacing and removing is seen at once, whatever is being sorted', async () => {
  const index = createPdqIndex<number>();
  const entries: Entries = new Map();
  const centre = randomBytes(32);
  const step = fc.record({
    act: fc.constantFrom('add', 'add', 'add', 'replace', 'remove', 'rest'),
    bits: fc.nat(45),
    id: fc.nat(2_000),
  });
  let next = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      for (const { act, bits, id } of steps) {
        const hash = changed(centre, bits, Math.random);
        if (act === 'rest') await new Promise((rest) => setImmediate(rest));
        else if (act === 'remove') expect(index.remove(id)).toBe(entries.delete(id));
        else {
          const which = act === 'replace' ? id : next++;
          index.add(which, hash);
          entries.set(which, hash);
        }
      }
      // So that sorting begins again and again; these are far away.
      for (let n = 0; n < 300; n += 1) {
        const hash = randomBytes(32);
        index.add(next, hash);
        entries.set(next++, hash);
      }
      expect(found(index, centre, 31)).toEqual(bruteForce(entries, centre, 31));
    }),
    { numRuns: 60 },
  );
  await index.settled();
  expect(found(index, centre, 31)).toEqual(bruteForce(entries, centre, 31));
});

test('hashes that share most of their bands are found all the same', async () => {
  const index = createPdqIndex<number>();
  const entries: Entries = new Map();
  const zeros = new Uint8Array(32);
  for (let id = 0; id < 10_000; id += 1) {
    const hash = changed(zeros, id % 40, Math.random);
    index.add(id, hash);
    entries.set(id, hash);
  }
  await index.settled();
  for (const query of [zeros, changed(zeros, 20, Math.random), changed(zeros, 128, Math.random)]) {
    expect(found(index, query, 31)).toEqual(bruteForce(entries, query, 31));
  }
});

test('an id has one hash, and says whether it was there', () => {
  const index = createPdqIndex<string>();
  const [first, second] = [new Uint8Array(32), new Uint8Array(32).fill(255)];
  index.add('a', first);
  index.add('a', second);
  expect(index.size).toBe(1);
  expect(index.search(first, 31)).toEqual([]);
  expect(index.search(second, 31)).toEqual([{ id: 'a', distance: 0 }]);
  expect([index.remove('a'), index.remove('a'), index.size]).toEqual([true, false, 0]);
  expect(index.search(second, 256)).toEqual([]);
});

test('sorting many leaves the process free for others', async () => {
  const index = createPdqIndex<number>();
  for (let id = 0; id < 100_000; id += 1) index.add(id, randomBytes(32));
  let turns = 0;
  const sorted = index.settled().then(() => true);
  const next = () => new Promise<boolean>((turn) => setImmediate(() => turn(false)));
  while (!(await Promise.race([sorted, next()]))) turns += 1;
  expect(turns).toBeGreaterThan(30);
});
