import { existsSync, globSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadConfig } from '../../src/config/config.ts';
import { VARIABLE_NAMES } from '../../src/config/variables.ts';
import { ROOT } from '../../src/lifecycle/project-files.ts';
import { type DocumentBlock, parseBlocks, readBlocks } from '../support/document-blocks.ts';
import { receiveFixtures } from '../support/fixtures.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { IN_BUCKET } from '../support/s3/test-s3.ts';
import { runExamples } from '../support/shell-examples.ts';
import { ACCOUNT, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// Every block of docs/operations is executed here, or checked by the program that reads it (proxies.test.ts,
// systemd.test.ts), or says in a comment before it why not.

const PAGES = globSync('docs/operations/*.md', { cwd: ROOT }).sort();
const CHECKED = ['sh', 'env', 'tokens', 'caddyfile', 'nginx', 'systemd'];
const all = PAGES.flatMap((page) => readBlocks(page));
const checked = (language: string, blocks = all) =>
  blocks.filter((block) => block.language === language && block.notRun === undefined);

/** Blocks that nobody executes or checks, and that do not say why. */
const unaccounted = (blocks: readonly DocumentBlock[]) =>
  blocks
    .filter(({ language, notRun }) => notRun === undefined && !CHECKED.includes(language))
    .map(({ place }) => place);

test('every block is executed or checked, or says why not', () => {
  expect(unaccounted(all)).toEqual([]);
  expect(all.length).toBeGreaterThanOrEqual(25);
  const block = '```yaml\na: 1\n```\n';
  expect(unaccounted(parseBlocks('page.md', `text\n\n${block}`))).toEqual(['page.md:3']);
  expect(unaccounted(parseBlocks('page.md', `<!-- not run: a reason -->\n${block}`))).toEqual([]);
  expect(unaccounted(parseBlocks('page.md', `<!-- not run:  -->\n${block}`))).toEqual([
    'page.md:2',
  ]);
  expect(unaccounted(parseBlocks('page.md', '- text\n\n  ```\n  ls\n  ```\n'))).toEqual([
    'page.md:3',
  ]);
});

test('what is not run here names only tests that exist', () => {
  const named = all.flatMap(({ notRun = '' }) => notRun.match(/test\/[\w./-]+\.ts/g) ?? []);
  expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test('settings in the pages are settings', () => {
  const required = { TWILIO_ACCOUNT_SID: ACCOUNT.sid, TWILIO_AUTH_TOKEN: ACCOUNT.authToken };
  for (const { place, text } of checked('env')) {
    const shown = parseEnv(text);
    const unknown = Object.keys(shown).filter((name) => !VARIABLE_NAMES.includes(name));
    expect([place, unknown]).toEqual([place, []]);
    expect(() => loadConfig({ ...required, ...shown }), place).not.toThrow();
  }
});

test('the file of tokens in the pages is one', async () => {
  const file = join(folder, 'tokens');
  const required = { TWILIO_ACCOUNT_SID: ACCOUNT.sid, TWILIO_AUTH_TOKEN: ACCOUNT.authToken };
  for (const { place, text } of checked('tokens')) {
    await writeFile(file, text);
    const { config } = loadConfig({ ...required, TWILIO_AUTH_TOKENS_FILE: file });
    expect(config.tokensFile?.tokens.length, place).toBeGreaterThan(0);
  }
});

const onServer = (process.env.TEST_DATABASE_URL ?? '') !== '' || IN_BUCKET;
let inbox: TestInbox;
let folder: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-operations-'));
  const env = { ...inboxEnv(inbox, inbox.twilio), PORT: new URL(inbox.url).port };
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(folder, '.env'), lines.join(''));
  await receiveFixtures(inbox, 'photo.png', 'contact-21.vcf');
  // What the examples read: a clone, and Docker's profile.
  for (const name of ['deploy', 'backups', 'web', 'prisma']) await mkdir(join(folder, name));
  for (const name of [
    'package.json',
    'package-lock.json',
    'web/package.json',
    'prisma/package.json',
    'deploy/allow-unshare.mjs',
  ]) {
    await copyFile(join(ROOT, name), join(folder, name));
  }
  await writeFile(join(folder, 'default.json'), '{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[]}');
}, 120_000);
afterAll(async () => {
  await inbox.stop();
  await rm(folder, { recursive: true, force: true });
});

const withShell = PAGES.filter((page) => checked('sh', readBlocks(page)).length > 0);

// A backup of the command is of the embedded database and its disk.
test.each(withShell.filter((page) => !onServer || page !== 'docs/operations/backup.md'))(
  'the commands of %s work',
  async (page) => {
    const blocks = checked('sh', readBlocks(page));
    // Each in a shell that ends at its first failure, and tells its exit code as the last one.
    const scripts = blocks.map(({ text }) => `( set -eo pipefail\n${text})\necho $? >&4\n`);
    const replace: [string, string][] = [
      ['/backups/', `${join(folder, 'backups')}/`],
      ['/srv/new', join(folder, 'new')],
    ];
    const runs = await runExamples(scripts, { folder, replace, timeoutMs: 400_000 });
    for (const [index, { exitCodes, output }] of runs.entries()) {
      const { place = '', text = '' } = blocks[index] ?? {};
      const commands = text.match(/^(?:\w+=\S+ )?npm (?:run cli|run capacity|sbom)/gm) ?? [];
      expect({ place, exitCodes, output: output.slice(-2000) }).toEqual({
        place,
        exitCodes: Array(commands.length + 1).fill(0),
        output: expect.any(String),
      });
    }
  },
  420_000,
);
