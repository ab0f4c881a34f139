import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createBusyState } from '../../../../src/database/busy-state.ts';
import {
  type InboundMessage,
  readInboundMessage,
} from '../../../../src/inbound/inbound-message.ts';
import {
  type MessageSpool,
  openMessageSpool,
} from '../../../../src/inbound/spool/message-spool.ts';
import {
  createSpoolingReceiver,
  type SpoolingReceiver,
} from '../../../../src/inbound/spool/spooling-receiver.ts';
import { eventually } from '../../../support/test-inbox.ts';

let folder: string;
let spool: MessageSpool;
let receiver: SpoolingReceiver;
let lines: { msg: string }[];
/** What the database does: takes messages, refuses them, does not answer, or answers and does not write. */
let database: 'up' | 'down' | 'hangs' | 'full' | 'stalls';
let busy: ReturnType<typeof createBusyState>;
let committed: string[];
/** Of which messages it was asked to commit. */
let asked: string[];
let poison: string | undefined;
/** The one that the database takes too long for. */
let slow: string | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-spool-'));
  spool = await openMessageSpool(folder, 1e6);
  [lines, committed, asked, database] = [[], [], [], 'up'];
  [poison, slow] = [undefined, undefined];
  busy = createBusyState();
  receiver = start();
});
afterEach(async () => {
  await receiver.stop();
  await rm(folder, { recursive: true, force: true });
});

class DataFault extends Error {}
class ServerFault extends Error {}

function start(): SpoolingReceiver {
  const act = async () => {
    if (database === 'down') throw new Error('connection refused');
    if (database === 'hangs') await new Promise(() => undefined);
  };
  return createSpoolingReceiver({
    async commitMessage({ sid }) {
      asked.push(sid);
      await act();
      if (database === 'stalls' || sid === slow) await new Promise(() => undefined);
      if (database === 'full') throw new ServerFault('no space left');
      if (sid === poison) throw new DataFault('invalid byte sequence');
      const isNew = !committed.includes(sid);
      committed.push(sid);
      return isNew ? 'new' : 'known';
    },
    ping: act,
    busy,
    isFaultOfData: (error) => error instanceof DataFault,
    isFaultOfServer: (error) => error instanceof ServerFault,
    spool,
    log: pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) }),
    commitTimeoutMs: 200,
    longestPauseMs: 1000,
  });
}

function message(n: number): InboundMessage {
  const sid = `MM${n.toString(16).padStart(32, '0')}`;
  return readInboundMessage({ MessageSid: sid }, 'https://api.twilio.com', new Date(), 'webhook');
}

const sids = (...numbers: number[]) => numbers.map((n) => message(n).sid);

test('while the database takes messages the spool stays empty', async () => {
  expect(await receiver.commitOrSpool(message(1))).toBe('new');
  expect(await receiver.commitOrSpool(message(1))).toBe('known');
  expect(spool.size().messages).toBe(0);
});

test.each(['down', 'hangs'] as const)(
  '%s: messages are spooled, and drained in order',
  async (how) => {
    database = how;
    for (const n of [1, 2, 3]) expect(await receiver.commitOrSpool(message(n))).toBe('spooled');
    expect(receiver.isDatabaseDown()).toBe(true);
    expect(spool.size().messages).toBe(3);
    database = 'up';
    await eventually(async () => expect(spool.size().messages).toBe(0));
    expect(committed).toEqual(sids(1, 2, 3));
    expect(receiver.isDatabaseDown()).toBe(false);
    expect(await receiver.commitOrSpool(message(4))).toBe('new');
  },
);

test('once it is known to hang, nobody waits for it any more', async () => {
  database = 'hangs';
  await receiver.commitOrSpool(message(1));
  expect(asked).toEqual(sids(1));
  await Promise.all([2, 3, 4].map((n) => receiver.commitOrSpool(message(n))));
  expect(asked).toEqual(sids(1));
});

test('the next process drains what this one left', async () => {
  database = 'down';
  for (const n of [1, 2]) await receiver.commitOrSpool(message(n));
  await receiver.stop();
  database = 'up';
  spool = await openMessageSpool(folder, 1e6);
  receiver = start();
  await eventually(async () => expect(committed).toEqual(sids(1, 2)));
  await eventually(async () => expect(await spool.names()).toEqual([]));
});

test('a spool that cannot be written is an error, and the database is tried again all the same', async () => {
  await rm(folder, { recursive: true });
  await writeFile(folder, 'a file in its place');
  database = 'down';
  await expect(receiver.commitOrSpool(message(1))).rejects.toMatchObject({ status: 503 });
  database = 'up';
  await eventually(async () => expect(receiver.isDatabaseDown()).toBe(false));
  expect(await receiver.commitOrSpool(message(1))).toBe('new');
});

test('a message that the database refuses is set aside and holds nobody up', async () => {
  poison = message(1).sid;
  expect(await receiver.commitOrSpool(message(1))).toBe('spooled');
  expect(await receiver.commitOrSpool(message(2))).toBe('new');
  await eventually(async () => expect(spool.size()).toMatchObject({ messages: 0, rejected: 1 }));
  expect(lines.map(({ msg }) => msg)).toContain(
    'spooled message set aside: it cannot be committed',
  );
});

test('what was set aside is tried again by the next start, and stays where it is refused again', async () => {
  poison = message(1).sid;
  await receiver.commitOrSpool(message(1));
  const isSetAside = () => expect(spool.size()).toMatchObject({ messages: 0, rejected: 1 });
  const restart = async () => {
    await receiver.stop();
    asked = [];
    spool = await openMessageSpool(folder, 1e6);
    receiver = start();
    await eventually(async () => expect(asked).toEqual(sids(1)));
  };
  await eventually(async () => isSetAside());
  await restart();
  await eventually(async () => isSetAside());
  poison = undefined;
  await restart();
  await eventually(async () => expect(spool.size()).toMatchObject({ messages: 0, rejected: 0 }));
  expect(committed).toEqual(sids(1));
});

test('a database that answers pings while its writes block sets no message aside', async () => {
  database = 'stalls';
  for (const n of [1, 2]) expect(await receiver.commitOrSpool(message(n))).toBe('spooled');
  await eventually(async () => expect(asked.length).toBeGreaterThan(6), 60_000);
  expect(spool.size()).toMatchObject({ messages: 2, rejected: 0 });
  database = 'up';
  await eventually(async () => expect(committed.toSorted()).toEqual(sids(1, 2)), 30_000);
  await eventually(async () => expect(spool.size().messages).toBe(0));
}, 100_000);

test('a message that the database takes too long for holds nobody up, and waits', async () => {
  database = 'down';
  for (const n of [1, 2, 3]) await receiver.commitOrSpool(message(n));
  slow = message(1).sid;
  database = 'up';
  await eventually(async () => expect(committed).toEqual(sids(2, 3)));
  expect(spool.size()).toMatchObject({ messages: 1, rejected: 0 });
  slow = undefined;
  await eventually(async () => expect(committed).toEqual(sids(2, 3, 1)), 20_000);
}, 40_000);

test('a database that answers and takes nothing sets no message aside, however often it is asked', async () => {
  database = 'full';
  expect(await receiver.commitOrSpool(message(1))).toBe('spooled');
  await eventually(async () => expect(asked.length).toBeGreaterThan(6), 40_000);
  expect(spool.size()).toMatchObject({ messages: 1, rejected: 0 });
  database = 'up';
  await eventually(async () => expect(committed).toEqual(sids(1)));
}, 60_000);

test('while the database is busy messages are spooled without asking it, and drained when it is free', async () => {
  database = 'hangs';
  // It waits already.
  const first = receiver.commitOrSpool(message(1));
  expect(asked).toEqual(sids(1));
  busy.set(true);
  expect(await first).toBe('spooled');
  for (const n of [2, 3]) expect(await receiver.commitOrSpool(message(n))).toBe('spooled');
  expect(asked).toEqual(sids(1));
  // That is no fault of anybody.
  expect(lines).toEqual([]);
  expect(receiver.isDatabaseDown()).toBe(false);
  database = 'up';
  busy.set(false);
  await eventually(async () => expect(committed).toEqual(sids(1, 2, 3)));
  expect(await receiver.commitOrSpool(message(4))).toBe('new');
});

test('what is being drained when the database becomes busy waits, and comes in its turn', async () => {
  database = 'down';
  for (const n of [1, 2]) await receiver.commitOrSpool(message(n));
  database = 'stalls';
  asked = [];
  await eventually(async () => expect(asked).toEqual(sids(1)));
  busy.set(true);
  database = 'up';
  busy.set(false);
  await eventually(async () => expect(committed).toEqual(sids(1, 2)));
  expect(spool.size()).toMatchObject({ messages: 0, rejected: 0 });
});

test('stopping does not wait for a database that hangs', async () => {
  database = 'hangs';
  await receiver.commitOrSpool(message(1));
  await receiver.stop();
  expect(await spool.names()).toHaveLength(1);
});

test('an outage is told once with its reason, and each message that waited for it by its sid', async () => {
  database = 'hangs';
  await Promise.all([1, 2, 3].map((n) => receiver.commitOrSpool(message(n))));
  const told = lines.filter(({ msg }) => msg === 'message not committed, it is spooled');
  expect(told).toMatchObject([1, 2, 3].map((n) => ({ messageSid: message(n).sid })));
  expect(told).toMatchObject([
    { level: 50, err: { message: 'The database took longer than 200 ms' } },
    { level: 30 },
    { level: 30 },
  ]);
  expect(JSON.stringify(told.slice(1))).not.toContain('stack');
});

test('a spool that cannot be read is logged once, and again when it is drained', async () => {
  database = 'down';
  await receiver.commitOrSpool(message(1));
  const { names } = spool;
  let tries = 0;
  spool.names = async () => {
    tries += 1;
    throw new Error('the folder cannot be read');
  };
  database = 'up';
  await eventually(async () => expect(tries).toBeGreaterThan(2));
  const told = () => lines.map(({ msg }) => msg).filter((msg) => msg.startsWith('the spool'));
  expect(told()).toEqual(['the spool cannot be drained, retrying']);
  spool.names = names;
  await eventually(async () =>
    expect(told()).toEqual(['the spool cannot be drained, retrying', 'the spool is drained again']),
  );
  expect(committed).toHaveLength(1);
});
