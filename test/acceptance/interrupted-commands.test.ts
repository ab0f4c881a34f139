import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createEmptyDatabase } from '../support/moved-installation.ts';
import { interruptCommand, runCommand } from '../support/run-command.ts';
import { standIn } from '../support/stand-in-server.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// Ctrl-C of commands that work through the server of an embedded installation.

// Processes start.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

const FROM = '+15550008001';

let inbox: TestInbox;
let folder: string;
beforeAll(async () => {
  const running = await startTestInbox({ DATABASE_URL: '', BLOB_STORE_URL: '' });
  inbox = { ...running, url: running.url, databaseUrl: undefined, s3Url: undefined };
  const attachments = ['a', 'b'].map((letter) => ({
    bytes: Buffer.alloc(300_000, letter),
    contentType: 'text/plain',
  }));
  const { message } = await inbox.receive({ from: FROM, attachments });
  await inbox.mediaOf(message.sid, 'stored');
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-interrupted-'));
});
afterAll(async () => {
  await inbox.stop();
  await rm(folder, { recursive: true });
});

/**
 * The inbox behind a proxy that sends no more than the beginning of archives.
 *
 * @param onArchive given, it is called instead, and not even the headers are sent
 */
async function behindStall(onArchive?: () => void): Promise<TestInbox> {
  const url = await standIn((incoming, response) => {
    const { method, headers } = incoming;
    const passed = request(inbox.url + incoming.url, { method, headers }, (answer) => {
      const isArchive = /zip|x-tar/.test(answer.headers['content-type'] ?? '');
      if (isArchive && onArchive !== undefined) return onArchive();
      response.writeHead(answer.statusCode ?? 502, answer.headers).flushHeaders();
      if (isArchive) answer.once('data', (chunk) => response.write(chunk) && answer.pause());
      else answer.pipe(response);
    });
    response.on('close', () => passed.destroy());
    passed.on('error', () => response.destroy());
    incoming.pipe(passed);
  });
  return { ...inbox, url };
}

const NOTHING_KEPT = expect.stringMatching(/nothing is kept of it: run the same command again\.$/m);
const COMMANDS = [
  ['export', (out: string) => ['export', FROM, '--out', out]],
  ['export-media', (out: string) => ['export-media', '--from', FROM, '--out', out]],
  ['backup', (out: string) => ['backup', out]],
] as const;

test.each(COMMANDS)('%s: nothing is left of an archive that has begun', async (_name, args) => {
  const words = args(join(folder, 'archive'));
  const stopped = await interruptCommand(await behindStall(), words, /\d\/\d+ bytes/);
  expect(stopped).toMatchObject({ code: 130, stderr: NOTHING_KEPT });
  await expectNothing();
});

test.each(COMMANDS)('%s: nor while it is waited for', async (_name, args) => {
  const { promise: isAsked, resolve } = Promise.withResolvers<void>();
  const at = await behindStall(resolve);
  const stopped = await interruptCommand(at, args(join(folder, 'archive')), isAsked);
  expect(stopped).toMatchObject({ code: 130, stderr: NOTHING_KEPT });
  await expectNothing();
});

async function expectNothing(): Promise<void> {
  expect(await readdir(folder)).toEqual([]);
  // An export that nobody downloads takes a place until it expires.
  const { body } = await inbox.api('get', '/api/v1/exports').expect(200);
  expect(body.items).toEqual([]);
}

test.each(COMMANDS)('%s: the same command again writes it', async (_name, args) => {
  const out = join(folder, 'archive');
  expect(await runCommand(inbox, args(out))).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`Written: ${out}`),
  });
  expect(await readdir(folder)).toEqual(['archive']);
  await rm(out);
});

test.runIf(process.env.TEST_DATABASE_URL).each([/Copying into the database/, /\d\/\d+ rows/])(
  'move: it says that the same command goes on, and that does, after %s',
  async (when) => {
    const target = await createEmptyDatabase();
    try {
      const args = ['move', '--to-database', target.url];
      const stopped = await interruptCommand(inbox, args, when);
      expect(stopped).toMatchObject({
        code: 130,
        stderr: expect.stringMatching(
          /Stopped( at .*)?\. Run the same command again: it copies what is missing\.$/m,
        ),
      });
      expect(stopped.stdout).not.toContain('DATABASE_URL');
      expect(await runCommand(inbox, args)).toMatchObject({
        code: 0,
        stdout: expect.stringMatching(/rows in \d+ tables, 0 of which differ/),
      });
    } finally {
      await target.remove();
    }
  },
);
