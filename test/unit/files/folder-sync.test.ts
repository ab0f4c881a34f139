import { beforeEach, expect, test } from 'vitest';
import { createFolderSync, type FolderSync } from '../../../src/files/folder-sync.ts';

interface Begun {
  folder: string;
  end(error?: Error): void;
}

/** What was begun and has not ended, in that order. */
let begun: Begun[];
let folders: FolderSync;
beforeEach(() => {
  begun = [];
  folders = createFolderSync('/store', (folder) => {
    return new Promise((resolve, reject) => {
      begun.push({ folder, end: (error) => (error ? reject(error) : resolve()) });
    });
  });
});

/** Ends what has begun, and names it. */
function endAll(error?: Error): string[] {
  const ended = begun.splice(0);
  for (const one of ended) one.end(error);
  return ended.map(({ folder }) => folder);
}

const turn = () => new Promise((done) => setImmediate(done));

test('a folder is synced with its own entry and those above, up to the root', async () => {
  const done = folders.whole('/store/blobs/ab/cd');
  expect(endAll().sort()).toEqual([
    '/store',
    '/store/blobs',
    '/store/blobs/ab',
    '/store/blobs/ab/cd',
  ]);
  await done;
});

test('what is above is synced once, what is new in between is', async () => {
  const first = folders.whole('/store/blobs/ab/cd');
  endAll();
  await first;
  const again = folders.whole('/store/blobs/ab/cd');
  expect(endAll()).toEqual(['/store/blobs/ab/cd']);
  await again;
  const beside = folders.whole('/store/blobs/ab/ef');
  expect(endAll().sort()).toEqual(['/store/blobs/ab', '/store/blobs/ab/ef']);
  await beside;
});

test('who comes while a folder is being synced shares the next sync, and no earlier one', async () => {
  const settled: string[] = [];
  const ask = (name: string) => folders.entries('/store/a').then(() => settled.push(name));
  const asked = [ask('first'), ask('second'), ask('third')];
  expect(endAll()).toEqual(['/store/a']);
  await turn();
  expect(settled).toEqual(['first']);
  asked.push(ask('fourth'));
  expect(endAll()).toEqual(['/store/a']);
  await turn();
  expect(settled).toEqual(['first', 'second', 'third']);
  expect(endAll()).toEqual(['/store/a']);
  await Promise.all(asked);
  expect(settled).toEqual(['first', 'second', 'third', 'fourth']);
});

test('a sync that fails fails for those who asked, and is done again for the next', async () => {
  const failure = new Error('EIO');
  const failed = [folders.whole('/store/blobs/ab'), folders.whole('/store/blobs/ab')];
  const outcomes = Promise.allSettled(failed);
  endAll(failure);
  // Of the second of them the folder's own sync is still to come.
  await turn();
  endAll();
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const again = folders.whole('/store/blobs/ab');
  expect(endAll().sort()).toEqual(['/store', '/store/blobs', '/store/blobs/ab']);
  await again;
});
