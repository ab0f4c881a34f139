import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixturePath, receiveFixtures } from '../support/fixtures.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { readExamples, runExamples } from '../support/shell-examples.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// What README and docs tell people to copy works as it stands. The server's settings are in `.env`
// alone, as they are where somebody followed the README.

// Nothing is listening there: an example that makes an endpoint sends nothing to it.
const RECEIVER = '127.0.0.1:9';

let inbox: TestInbox;
let folder: string;
let replace: [string, string][];
beforeAll(async () => {
  inbox = await startTestInbox({ EVENT_HOSTS: RECEIVER });
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-examples-'));
  await copyFile(fixturePath('photo.jpg'), join(folder, 'photo.jpg'));
  await copyFile(fixturePath('photo.jpg'), join(folder, 'picture.jpg'));
  await copyFile(fixturePath('contact-30.vcf'), join(folder, 'ada.vcf'));
  await writeFile(join(folder, 'hashes.txt'), `sha256:${'1d'.repeat(32)}\n`);
  const env = { ...inboxEnv(inbox, inbox.twilio), PORT: new URL(inbox.url).port };
  const lines = Object.entries(env).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(join(folder, '.env'), lines.join(''));
  // The first is deleted by an example.
  const [, attachment] = await receiveFixtures(
    inbox,
    'animated.gif',
    'photo.png',
    'contact-21.vcf',
  );
  replace = [
    ['test/fixtures/photo.jpg', 'photo.jpg'],
    ['http://localhost:3000', inbox.url],
    ['MM5506be94e184342d4868e9f1ca3e4f1c', String(attachment?.messageSid)],
    ['ME557ce644e5ab84fa21cc21112e22c485', String(attachment?.sid)],
    ['https://moderation.example.com', `http://${RECEIVER}`],
    ['https://tool.example.com', `http://${RECEIVER}`],
    ['https://mms.example.com/2010-04-01', `${inbox.url}/2010-04-01`],
  ];
}, 120_000);
afterAll(async () => {
  await inbox.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Blocks that are about another server, or that other tests and `.ci/run` go through. */
const ELSEWHERE =
  /^(cp |git |docker |apt-get |npm (ci|start|run (?!cli\b)|run cli -- (backup|restore|move|drain-spool))|createdb |npx |export |ROLES=|PUBLIC_URL=|# in one terminal)|ACXXXXXXXX/m;

/** One example shows what a mistake is answered, one repeats a request until the answer has changed. */
function isPromised(status: number, text: string): boolean {
  if (text.includes('colour=red')) return status === 400;
  if (text.includes('--etag-compare') && status === 304) return true;
  return status >= 200 && status < 300;
}

test.each([
  ['README.md', 15],
  ['docs/api.md', 42],
  ['docs/command-line.md', 1],
  ['docs/events.md', 2],
  ['docs/moderation-api.md', 2],
  ['docs/twilio-media-api.md', 3],
])(
  'the shell examples of %s work',
  async (path, least) => {
    const [setUp = ''] = await readExamples('docs/api.md');
    const blocks = (await readExamples(path)).filter((block) => !ELSEWHERE.test(block));
    // The other documents use what api.md sets.
    const runs = await runExamples([setUp, ...blocks], { folder, replace });
    const seen = runs.map(({ text, statuses, exitCodes, output }) => ({
      text,
      wrong: [
        ...statuses.filter((status) => !isPromised(status, text)),
        ...exitCodes.filter(Boolean),
      ],
      output: output.slice(0, 500),
    }));
    expect(seen.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
    const done = runs.flatMap(({ statuses, exitCodes }) => [...statuses, ...exitCodes]);
    expect(done.length).toBeGreaterThanOrEqual(least);
  },
  120_000,
);
