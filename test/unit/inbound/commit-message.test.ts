import { expect, test } from 'vitest';
import { createCommitMessage } from '../../../src/inbound/commit-message.ts';
import { type InboundMessage, readInboundMessage } from '../../../src/inbound/inbound-message.ts';

interface Write {
  sids: string[];
  commit(): void;
  fail(error: Error): void;
}

function message(n: number): InboundMessage {
  const sid = `SM${String(n).padStart(32, '0')}`;
  return readInboundMessage({ MessageSid: sid }, 'https://api.twilio.com', new Date(), 'webhook');
}

/** A store whose transactions end when the test says so; it knows what was committed. */
function createStore() {
  const committed = new Set<string>();
  const writes: Write[] = [];
  const writeGroup = (messages: readonly InboundMessage[]) =>
    new Promise<Set<string>>((resolve, reject) => {
      const sids = messages.map(({ sid }) => sid);
      writes.push({
        sids,
        commit() {
          const fresh = new Set(sids.filter((sid) => !committed.has(sid)));
          for (const sid of fresh) committed.add(sid);
          resolve(fresh);
        },
        fail: reject,
      });
    });
  return { writes, writeGroup };
}

/** Lets everything that is ready to run do so. */
const turn = () => new Promise((done) => setImmediate(done));

test('a lone message is written at once', async () => {
  const { writes, writeGroup } = createStore();
  const receipt = createCommitMessage(writeGroup, 1)(message(1));
  expect(writes.map(({ sids }) => sids.length)).toEqual([1]);
  writes[0]?.commit();
  expect(await receipt).toBe('new');
});

test('what arrives during a commit shares the next one, in order of its sids', async () => {
  const { writes, writeGroup } = createStore();
  const receive = createCommitMessage(writeGroup, 1);
  const receipts = [5, 9, 3, 7].map((n) => receive(message(n)));
  expect(writes).toHaveLength(1);
  writes[0]?.commit();
  await turn();
  expect(writes.map(({ sids }) => sids)).toEqual([
    [message(5).sid],
    [3, 7, 9].map((n) => message(n).sid),
  ]);
  writes[1]?.commit();
  expect(await Promise.all(receipts)).toEqual(['new', 'new', 'new', 'new']);
});

test('no answer comes before its own commit', async () => {
  const { writes, writeGroup } = createStore();
  const receive = createCommitMessage(writeGroup, 2);
  const answered: number[] = [];
  const receipts = [1, 2, 3].map((n) =>
    receive(message(n)).then(() => {
      answered.push(n);
    }),
  );
  expect(writes.map(({ sids }) => sids)).toEqual([[message(1).sid], [message(2).sid]]);
  writes[1]?.commit();
  await turn();
  expect(answered).toEqual([2]);
  writes[2]?.commit();
  writes[0]?.commit();
  await Promise.all(receipts);
  expect(answered.toSorted()).toEqual([1, 2, 3]);
});

test('of copies of a message in one group one is new', async () => {
  const { writes, writeGroup } = createStore();
  const receive = createCommitMessage(writeGroup, 1);
  const receipts = [1, 2, 2, 2, 1].map((n) => receive(message(n)));
  writes[0]?.commit();
  await turn();
  writes[1]?.commit();
  expect(await Promise.all(receipts)).toEqual(['new', 'new', 'known', 'known', 'known']);
});

test('a group that fails is tried one by one, and only the culprit fails', async () => {
  const { writes, writeGroup } = createStore();
  const receive = createCommitMessage(writeGroup, 1);
  const receipts = Promise.allSettled([1, 2, 3, 4].map((n) => receive(message(n))));
  const broken = new Error('message 3 breaks the statement');
  const settle = (write: Write | undefined) =>
    write?.sids.includes(message(3).sid) ? write.fail(broken) : write?.commit();
  for (let at = 0; at < 5; at += 1) {
    settle(writes[at]);
    await turn();
  }
  expect(writes.map(({ sids }) => sids.length)).toEqual([1, 3, 1, 1, 1]);
  expect(await receipts).toEqual([
    { status: 'fulfilled', value: 'new' },
    { status: 'fulfilled', value: 'new' },
    { status: 'rejected', reason: broken },
    { status: 'fulfilled', value: 'new' },
  ]);
});

test('after a failure the next message is written as ever', async () => {
  const { writes, writeGroup } = createStore();
  const receive = createCommitMessage(writeGroup, 1);
  const failed = receive(message(1));
  writes[0]?.fail(new Error('the database is away'));
  await expect(failed).rejects.toThrow('the database is away');
  const receipt = receive(message(1));
  await turn();
  writes[1]?.commit();
  expect(await receipt).toBe('new');
});

test('a crowd is split, so that no group grows without end', async () => {
  const { writes, writeGroup } = createStore();
  const receive = createCommitMessage(writeGroup, 1);
  const receipts = Array.from({ length: 200 }, (_, n) => receive(message(n)));
  for (let at = 0; at < writes.length; at += 1) {
    writes[at]?.commit();
    await turn();
  }
  expect(new Set(await Promise.all(receipts))).toEqual(new Set(['new']));
  expect(writes.every(({ sids }) => sids.length <= 64)).toBe(true);
  expect(writes.length).toBeLessThanOrEqual(6);
});
