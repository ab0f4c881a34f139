import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkSpool } from '../../src/doctor/check-spool.ts';
import { readInboundMessage } from '../../src/inbound/inbound-message.ts';
import { openMessageSpool } from '../../src/inbound/spool/message-spool.ts';
import type { SimulatedMessage } from '../../src/simulator/simulated-message.ts';
import { type CommandEnd, runCommand } from '../support/run-command.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
/** The `DATA_DIR` of a receiver on another machine, and its spool. */
let gone: string;
let folder: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  gone = join(inbox.dataDir, 'gone');
  folder = join(gone, 'spool');
});
afterAll(() => inbox.stop());

const attachments = [{ bytes: Buffer.from('a note'), contentType: 'text/plain' }];

function inboundOf({ params }: SimulatedMessage) {
  return readInboundMessage(params, inbox.twilio.apiBaseUrl, new Date(), 'webhook');
}

/** Runs the command while no server holds the embedded database. */
async function drain(path: string): Promise<CommandEnd> {
  let end: CommandEnd | undefined;
  await inbox.restart({}, async () => {
    end = await runCommand(inbox, ['drain-spool', path]);
  });
  if (end === undefined) throw new Error('the command did not run');
  return end;
}

test('what a receiver that is gone has left is told by doctor, and taken in once', async () => {
  const { message: known } = await inbox.receive({ body: 'known', attachments });
  const [waiting, aside] = [
    inbox.twilio.createMessage({ body: 'it waited', attachments }),
    inbox.twilio.createMessage({ body: 'it was set aside', attachments }),
  ];
  const spool = await openMessageSpool(folder, 1e6);
  await spool.write(inboundOf(aside));
  await spool.reject((await spool.names())[0] ?? '');
  for (const message of [known, waiting]) await spool.write(inboundOf(message));
  expect(await checkSpool(gone)).toMatchObject({
    state: 'warning',
    detail: expect.stringMatching(/wait for the database since .*: 2; .* refused: 1, in /),
    remedy: expect.stringContaining(`drain-spool ${folder}`),
  });

  expect(await drain(folder)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('taken in: 2. Known already: 1. Refused by the database: 0.'),
  });
  expect(await checkSpool(gone)).toMatchObject({ state: 'ok' });
  for (const { sid } of [known, waiting, aside]) await inbox.mediaOf(sid, 'stored');
  const { body } = await inbox.api('get', '/api/v1/messages').expect(200);
  expect(body.items).toHaveLength(3);
}, 180_000);

test('what cannot be read stays, and is told', async () => {
  const message = inbox.twilio.createMessage({ body: 'behind it', attachments: [] });
  const name = '000000000000-0123456789ab.json';
  await writeFile(join(folder, name), '{"sid":');
  await (await openMessageSpool(folder, 1e6)).write(inboundOf(message));
  const { code, stdout, stderr } = await drain(folder);
  expect(stdout).toContain('taken in: 1.');
  expect(stdout).toContain('Unreadable: 1.');
  expect([code, stderr]).toEqual([1, expect.stringContaining('still in the folder')]);
  expect(await readdir(folder)).toEqual([name, 'rejected']);
  await rm(join(folder, name));
}, 180_000);

test('another folder is refused, and left as it is', async () => {
  const other = join(inbox.dataDir, 'other');
  await mkdir(other);
  await writeFile(join(other, 'family.txt'), 'precious');
  expect(await runCommand(inbox, ['drain-spool', other])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('is not the spool of a receiver: family.txt is in it'),
  });
  expect(await readdir(other)).toEqual(['family.txt']);
  const missing = join(inbox.dataDir, 'missing');
  expect(await runCommand(inbox, ['drain-spool', missing])).toMatchObject({ code: 1 });
}, 180_000);
