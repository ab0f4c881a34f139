import { execFile } from 'node:child_process';
import { copyFile, mkdir, open, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readInboundMessage } from '../../src/inbound/inbound-message.ts';
import { openMessageSpool } from '../../src/inbound/spool/message-spool.ts';
import type { SimulatedMessage } from '../../src/simulator/simulated-message.ts';
import { findCopies } from '../support/find-copies.ts';
import { hoursAgo, note, reconcile } from '../support/reconciliation.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const NUMBER = '15550006001';
const ADDRESS = `+${NUMBER}`;
const MAX_BYTES = 1_000_000;

let inbox: TestInbox;
beforeEach(async () => {
  inbox = await startTestInbox();
});
afterEach(() => inbox.stop());

const sentBy = (from: string) =>
  inbox.twilio.createMessage({
    from,
    body: `call ${from}`,
    attachments: [note()],
    sentAt: hoursAgo(1),
  });

/** As a receiver wrote it down whose database was away. */
function inboundOf({ params }: SimulatedMessage, receivedAt: Date, junk = {}) {
  const both = { ...params, ...junk };
  return {
    ...readInboundMessage(both, inbox.twilio.apiBaseUrl, receivedAt, 'webhook'),
    params: both,
  };
}

async function erase(address: string) {
  const begun = await inbox.api('post', '/api/v1/senders/erasures').send({ address }).expect(202);
  await eventually(async () => {
    const { body } = await inbox.api('get', begun.headers.location ?? '').expect(200);
    expect(body.erasedAt).not.toBeNull();
  });
  return begun.body;
}

/** An erasure whose purge has come to its end; `purgedAt` as it is then. */
async function purged({ id }: { id: string }, not?: string): Promise<string> {
  return eventually(async () => {
    const { body } = await inbox.api('get', `/api/v1/senders/erasures/${id}`).expect(200);
    expect(body.purgedAt).toEqual(expect.any(String));
    expect(body.purgedAt).not.toBe(not);
    return body.purgedAt;
  });
}

const messageOf = async ({ sid }: SimulatedMessage) =>
  (await inbox.api('get', `/api/v1/messages/${sid}`).expect(200)).body;

async function expectTombstone(message: SimulatedMessage) {
  await eventually(async () => {
    expect(await messageOf(message)).toMatchObject({
      from: null,
      to: null,
      body: null,
      deletedAt: expect.any(String),
      media: [{ state: 'deleted', from: null, to: null }],
    });
    const deleted = inbox.twilio.requests.filter(({ method }) => method === 'DELETE');
    expect(deleted.some(({ path }) => path.endsWith(`/${message.sid}.json`))).toBe(true);
  });
}

async function expectNothingComesBack() {
  expect((await reconcile(inbox)).takenIn).toBe(0);
  expect(await findCopies(inbox, Buffer.from(NUMBER))).toEqual([]);
}

/** A spool of another machine: nobody here reads it until its files are brought here. */
async function foreignSpool() {
  const folder = join(inbox.dataDir, 'of-another-machine');
  await mkdir(folder, { recursive: true });
  const spool = await openMessageSpool(folder, MAX_BYTES);
  return {
    spool,
    async bringHere(part = '') {
      for (const name of await readdir(join(folder, part))) {
        if (!name.endsWith('.json')) continue;
        await copyFile(join(folder, part, name), join(inbox.dataDir, 'spool', part, name));
      }
      await rm(folder, { recursive: true });
      await inbox.restart();
    },
  };
}

test('what waits in the spool, or was set aside, is a target like the rest, and stays away', async () => {
  const spool = await openMessageSpool(join(inbox.dataDir, 'spool'), MAX_BYTES);
  const aside = sentBy(`whatsapp:${ADDRESS}`);
  await spool.write(inboundOf(aside, new Date()));
  await spool.reject((await spool.names())[0] ?? '');
  const waiting = sentBy(ADDRESS);
  await spool.write(inboundOf(waiting, new Date()));
  const other = sentBy('+15550006002');
  await spool.write(inboundOf(other, new Date()));

  const path = '/api/v1/senders/erasures';
  const dry = await inbox.api('post', path).send({ address: ADDRESS, dryRun: true }).expect(200);
  expect(dry.body).toEqual({ dryRun: true, messages: 2, media: 2 });
  const { deletionId } = await erase(ADDRESS);

  const { body: record } = await inbox.api('get', `/api/v1/deletions/${deletionId}`).expect(200);
  expect(record).toMatchObject({ scope: 'erase', targets: 4 });
  for (const message of [aside, waiting]) await expectTombstone(message);
  await spool.names();
  expect(spool.size()).toMatchObject({ messages: 1 });
  await inbox.restart();
  await eventually(async () => {
    expect(await messageOf(other)).toMatchObject({ from: '+15550006002', deletedAt: null });
  });
  await expectNothingComesBack();
});

test('webhooks are answered while the spool is read, and what comes or moves meanwhile is erased, too', async () => {
  const folder = join(inbox.dataDir, 'spool');
  const spool = await openMessageSpool(folder, MAX_BYTES);
  const [aside, moved, late, posted] = [1, 2, 3, 4].map(() => sentBy(ADDRESS));
  if (!aside || !moved || !late || !posted) throw new Error('no messages');
  await spool.write(inboundOf(aside, new Date()));
  const [name = ''] = await spool.names();
  await spool.reject(name);
  await spool.write(inboundOf(moved, new Date()));
  const [movedName = ''] = await spool.names();
  // As a pipe, the file is read until the test has written it.
  const path = join(folder, 'rejected', name);
  const text = await readFile(path);
  await rm(path);
  await promisify(execFile)('mkfifo', [path]);
  const erasing = erase(ADDRESS);
  const pipe = await open(path, 'w');
  try {
    const url = `${inbox.url}/twilio/incoming`;
    expect((await inbox.twilio.deliver(posted, { url })).status).toBe(200);
    await spool.write(inboundOf(late, new Date()));
    await spool.reject(movedName);
  } finally {
    await pipe.writeFile(text);
    await pipe.close();
  }
  await erasing;
  for (const message of [aside, moved, late, posted]) await expectTombstone(message);
  expect(await spool.names()).toEqual([]);
  expect(await readdir(join(folder, 'rejected'))).toEqual([]);
  await expectNothingComesBack();
});

test('a message in the spool of another machine is a tombstone when that is drained, a later one is new', async () => {
  const { spool, bringHere } = await foreignSpool();
  const [before, after] = [sentBy(ADDRESS), sentBy(ADDRESS)];
  await spool.write(inboundOf(before, new Date()));
  const erasure = await erase(ADDRESS);
  expect(erasure.deletionId).toBeNull();
  const purgedAt = await purged(erasure);
  await spool.write(inboundOf(after, new Date()));
  await bringHere();
  await expectTombstone(before);
  // No more than a tombstone was ever written of it.
  expect(await purged(erasure)).toBe(purgedAt);
  const [media] = await inbox.mediaOf(after.sid, 'stored');
  expect(media).toMatchObject({ from: ADDRESS });
  const { body: audit } = await inbox.api('get', `/api/v1/audit?target=${before.sid}`);
  expect(audit.items).toMatchObject([{ actor: 'system:erasure', action: 'message.delete' }]);
});

test('what a database refuses and another machine has set aside goes, too', async () => {
  const { spool, bringHere } = await foreignSpool();
  const message = sentBy(ADDRESS);
  await spool.write(inboundOf(message, new Date(), { Junk: '\0' }));
  await spool.reject((await spool.names())[0] ?? '');
  await erase(ADDRESS);
  await bringHere('rejected');
  await expectTombstone(message);
  await eventually(async () => {
    expect((await inbox.api('get', '/readyz').expect(200)).body.parts.spool).toBe('ok');
  });
  await expectNothingComesBack();
});

test('a webhook that came again meanwhile does not save what lay in a spool', async () => {
  const { spool, bringHere } = await foreignSpool();
  const message = sentBy(ADDRESS);
  await spool.write(inboundOf(message, new Date()));
  const erasure = await erase(ADDRESS);
  const purgedAt = await purged(erasure);
  await inbox.twilio.deliver(message, { url: `${inbox.url}/twilio/incoming` });
  await inbox.mediaOf(message.sid, 'stored');
  await bringHere();
  await expectTombstone(message);
  // Its rows had number and text: the erasure's promise about the database's files is kept anew.
  await purged(erasure, purgedAt);
  await expectNothingComesBack();
});

test('reconciliation brings what was sent before as a tombstone, and has it deleted at Twilio', async () => {
  const [sms, whatsapp] = [sentBy(ADDRESS), sentBy(`whatsapp:${ADDRESS}`)];
  await erase(`rcs:${ADDRESS}`);
  expect(await reconcile(inbox)).toMatchObject({ listed: 2, takenIn: 0, failed: 0 });
  for (const message of [sms, whatsapp]) await expectTombstone(message);
  await expectNothingComesBack();
});
