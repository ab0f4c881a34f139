import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  type InboundMessage,
  readInboundMessage,
} from '../../../../src/inbound/inbound-message.ts';
import { startErasingSetAside } from '../../../../src/inbound/spool/erase-set-aside.ts';
import { openMessageSpool } from '../../../../src/inbound/spool/message-spool.ts';
import { unfinishedName } from '../../../../src/inbound/spool/spool-file.ts';
import { asSuspect } from '../../../../src/inbound/suspect-request.ts';
import { createLogger } from '../../../../src/monitoring/logger.ts';

const MAX_BYTES = 100_000;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-spool-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function message(n: number): InboundMessage {
  const sid = `MM${n.toString(16).padStart(32, '0')}`;
  const account = `AC${'a'.repeat(32)}`;
  const url = `https://api.twilio.com/2010-04-01/Accounts/${account}/Messages/${sid}/Media/ME${sid.slice(2)}`;
  const params = {
    MessageSid: sid,
    AccountSid: account,
    From: '+15550100001',
    To: '+15550109999',
    Body: `text ${n} 🌄`,
    NumMedia: '1',
    MediaUrl0: url,
    MediaContentType0: 'image/png',
  };
  return readInboundMessage(
    params,
    'https://api.twilio.com',
    new Date('2026-11-24T10:00:00.123Z'),
    'webhook',
  );
}

test('what is read is what was written, oldest first, also by the next process', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  for (let n = 1; n <= 12; n += 1) await spool.write(message(n));
  const next = await openMessageSpool(folder, MAX_BYTES);
  const read = [];
  for (const name of await next.names()) read.push(await next.read(name));
  expect(read).toEqual(Array.from({ length: 12 }, (_, n) => message(n + 1)));
  expect(next.size()).toEqual(spool.size());
  await next.write(message(13));
  const last = (await next.names()).at(-1) ?? '';
  expect((await next.read(last))?.sid).toBe(message(13).sid);
});

test('nobody else may read it', async () => {
  const spool = await openMessageSpool(join(folder, 'spool'), MAX_BYTES);
  await spool.write(message(1));
  const [name = ''] = await spool.names();
  expect((await stat(join(folder, 'spool'))).mode & 0o777).toBe(0o700);
  expect((await stat(join(folder, 'spool', name))).mode & 0o777).toBe(0o600);
});

test('many at once all have a place of their own', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  await Promise.all(Array.from({ length: 50 }, (_, n) => spool.write(message(n))));
  expect((await spool.names()).length).toBe(50);
  expect(spool.size().messages).toBe(50);
});

test('it is full at its limit, and has room again when something was taken out', async () => {
  const one = Buffer.byteLength(JSON.stringify(message(1)));
  const spool = await openMessageSpool(folder, Math.floor(2.5 * one));
  const writes = await Promise.allSettled([1, 2, 3, 4].map((n) => spool.write(message(n))));
  expect(writes.map(({ status }) => status).sort()).toEqual([
    ...['fulfilled', 'fulfilled', 'rejected', 'rejected'],
  ]);
  await expect(spool.write(message(5))).rejects.toMatchObject({ code: 'unavailable', status: 503 });
  const [name = ''] = await spool.names();
  await spool.remove(name);
  await spool.write(message(5));
  expect(spool.size().messages).toBe(2);
});

test('a folder that is gone is an error, counts nothing and leaves nothing behind', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  await rm(folder, { recursive: true });
  await writeFile(folder, 'a file in its place');
  await expect(spool.write(message(1))).rejects.toMatchObject({ code: 'unavailable' });
  await expect(spool.checkWritable()).rejects.toMatchObject({ code: 'unavailable' });
  expect(spool.size()).toEqual({ messages: 0, bytes: 0, rejected: 0 });
});

test('what a dead process left half written is removed, what was set aside is put back', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  await spool.write(message(1));
  await spool.write(message(2));
  const [first = ''] = await spool.names();
  await spool.reject(first);
  const halfWritten = join(folder, '000000000009-abcdefabcdef.json.new');
  await writeFile(halfWritten, '{"sid":');
  await utimes(halfWritten, new Date(), new Date(Date.now() - 61_000));
  const next = await openMessageSpool(folder, MAX_BYTES);
  expect(next.size()).toMatchObject({ messages: 2, rejected: 0 });
  expect(await next.names()).toEqual([first, ...(await spool.names()).slice(1)]);
  expect((await readdir(folder)).length).toBe(3);
});

test('what was set aside leaves room to new messages', async () => {
  const one = Buffer.byteLength(JSON.stringify(message(1)));
  const spool = await openMessageSpool(folder, 4 * one + 100);
  for (const n of [1, 2, 3]) await spool.write(message(n));
  for (const name of await spool.names()) await spool.reject(name);
  const next = await openMessageSpool(folder, 4 * one + 100);
  expect(next.size()).toEqual({ messages: 2, bytes: 2 * one, rejected: 1 });
});

test('a writable spool is as it was after it was tried', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  await spool.checkWritable();
  expect(await readdir(folder)).toEqual(['rejected']);
});

test('what another receiver writes into the folder right now is left to it', async () => {
  const name = '000000000009-abcdefabcdef.json.aaaaaaaaaaaa-1-bbbbbbbbbbbb.new';
  await writeFile(join(folder, name), '{"sid":');
  await openMessageSpool(folder, MAX_BYTES);
  expect(await readdir(folder)).toContain(name);
});

test('what this host’s processes that are gone left is removed at once', async () => {
  const gone = spawnSync(process.execPath, ['--version']).pid;
  const name = unfinishedName('000000000009-abcdefabcdef.json');
  const [host] = /[0-9a-f]{12}(?=-\d+-[0-9a-f]{12}\.new)/.exec(name) ?? [];
  const left = `000000000009-abcdefabcdef.json.${host}-${gone}-bbbbbbbbbbbb.new`;
  for (const file of [name, left]) await writeFile(join(folder, file), '{"sid":');
  await openMessageSpool(folder, MAX_BYTES);
  expect((await readdir(folder)).sort()).toEqual([name, 'rejected']);
});

test('two receivers on one folder count what the other writes and takes', async () => {
  const one = await openMessageSpool(folder, MAX_BYTES);
  await one.write(message(1));
  const other = await openMessageSpool(folder, MAX_BYTES);
  await other.write(message(2));
  const names = await one.names();
  expect(one.size()).toEqual(other.size());
  for (const name of names) await one.remove(name);
  expect(await other.read(names[0] ?? '')).toBeUndefined();
  expect(await other.names()).toEqual([]);
  expect(other.size()).toEqual({ messages: 0, bytes: 0, rejected: 0 });
});

test('what another receiver has taken out or set aside at the same time is set aside once', async () => {
  const [one, other] = [
    await openMessageSpool(folder, MAX_BYTES),
    await openMessageSpool(folder, MAX_BYTES),
  ];
  for (const n of [1, 2]) await one.write(message(n));
  const [first = '', second = ''] = await other.names();
  await one.remove(first);
  await one.reject(second);
  for (const name of [first, second]) await other.reject(name);
  expect(await readdir(join(folder, 'rejected'))).toEqual([second]);
  expect(other.size()).toEqual({ messages: 0, bytes: 0, rejected: 0 });
  // A folder that cannot be used is still an error.
  await one.write(message(3));
  await rm(join(folder, 'rejected'), { recursive: true });
  const [third = ''] = await one.names();
  await expect(one.reject(third)).rejects.toThrow('ENOENT');
  expect(one.size().messages).toBe(1);
});

test('what is known of a signature goes through it; files of earlier versions have none', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  const signed = { ...message(1), signatureHash: 'f'.repeat(64) };
  const suspect = asSuspect(signed, 'parameter-name');
  await spool.write(suspect);
  await spool.write(signed);
  const { signatureHash: _hash, suspect: _suspect, ...old } = message(2);
  await writeFile(join(folder, `${'9'.repeat(12)}-${'0'.repeat(12)}.json`), JSON.stringify(old));
  const names = await spool.names();
  expect(await Promise.all(names.map((name) => spool.read(name)))).toEqual([
    suspect,
    signed,
    message(2),
  ]);
});

const signed = (n: number, signature = `${n}`.repeat(64).slice(0, 64)) => ({
  ...message(n),
  signatureHash: signature,
});

function saying(body: string, one: InboundMessage = signed(1)): InboundMessage {
  return { ...one, body, params: { ...one.params, Body: body } };
}

test('500 deliveries of one message are one file, also to the next process', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  const deliver = (to: typeof spool) =>
    Promise.all(
      Array.from({ length: 500 }, () => to.write({ ...signed(1), receivedAt: new Date() })),
    );
  await deliver(spool);
  expect(await spool.names()).toHaveLength(1);
  const next = await openMessageSpool(folder, MAX_BYTES);
  await deliver(next);
  expect(await next.names()).toHaveLength(1);
  expect(next.size()).toEqual(spool.size());
});

test('one that says something else under the same sid has a file of its own', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  const other = { ...saying('something else'), signatureHash: 'e'.repeat(64) };
  for (const written of [signed(1), other, signed(1), other]) await spool.write(written);
  const read = await Promise.all((await spool.names()).map((name) => spool.read(name)));
  expect(read).toEqual([signed(1), other]);
  // Without signatures, too.
  for (const body of ['a', 'b', 'c', 'a']) await spool.write(saying(body, message(2)));
  expect(await spool.names()).toHaveLength(5);
});

test('of one signature there are no more files than the database keeps messages, however it is cut', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  for (let n = 0; n < 20; n += 1) {
    await spool.write(asSuspect(saying(`suspect ${n}`), 'parameter-name'));
    await spool.write(saying(`ordinary ${n}`));
  }
  const read = await Promise.all((await spool.names()).map((name) => spool.read(name)));
  expect(read.map((found) => found?.params.Body)).toEqual([
    'suspect 0',
    'ordinary 0',
    'ordinary 1',
  ]);
});

test('what was taken out is written again, what was set aside is not', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  await spool.write(signed(1));
  await spool.remove((await spool.names())[0] ?? '');
  await spool.write(signed(1));
  const [name = ''] = await spool.names();
  await spool.reject(name);
  await spool.write(signed(1));
  expect(spool.size()).toMatchObject({ messages: 0, rejected: 1 });
});

test('a full spool takes what it has already', async () => {
  const one = Buffer.byteLength(JSON.stringify(signed(1)));
  const spool = await openMessageSpool(folder, one);
  await spool.write(signed(1));
  await spool.write(signed(1));
  await expect(spool.write(signed(2))).rejects.toMatchObject({ code: 'unavailable' });
});

test('a file that cannot be read is no reason not to keep the message', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  await spool.write(signed(1));
  await writeFile(join(folder, (await spool.names())[0] ?? ''), '{"sid":');
  await spool.write(signed(1));
  expect(await spool.names()).toHaveLength(2);
});

test('a write that failed is told to each that waited for it, and tried for the next', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  await rm(folder, { recursive: true });
  await writeFile(folder, 'a file in its place');
  const writes = await Promise.allSettled([1, 2, 3].map(() => spool.write(signed(1))));
  expect(writes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await rm(folder);
  await mkdir(folder);
  await spool.write(signed(1));
  expect(await spool.names()).toHaveLength(1);
});

test('what was set aside is erased with its sender; what waits is not read for that', async () => {
  const spool = await openMessageSpool(folder, MAX_BYTES);
  for (const n of [1, 2, 3]) await spool.write(message(n));
  const [, second = '', third = ''] = await spool.names();
  for (const name of [second, third]) await spool.reject(name);
  const asked: string[] = [];
  const received: string[] = [];
  const stop = startErasingSetAside({
    spool,
    async isErased({ sid }) {
      asked.push(sid);
      return sid !== message(3).sid;
    },
    commitMessage: async ({ sid }) => received.push(sid),
    log: createLogger('silent'),
  });
  await vi.waitUntil(() => asked.includes(message(3).sid));
  await stop();
  expect(asked).toEqual([message(2).sid, message(3).sid]);
  expect(received).toEqual([message(2).sid]);
  expect(spool.size()).toMatchObject({ messages: 1, rejected: 1 });
  const left: string[] = [];
  for await (const spooled of spool.everything()) left.push(spooled.message.sid);
  expect(left).toEqual([message(1).sid, message(3).sid]);
});
