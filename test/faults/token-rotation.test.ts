import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ACCOUNT, eventually } from '../support/test-inbox.ts';
import { createScenario, note, type Scenario } from './scenario.ts';

const NEW_TOKEN = 'the-token-that-is-promoted';
const BATCH = 30;
// Of so many messages one has an attachment: webhooks are what comes in numbers.
const ONE_IN = 4;

let scenario: Scenario;
let file: string;
beforeEach(async () => {
  scenario = await createScenario();
  file = join(scenario.dataDir, 'tokens');
});
afterEach(() => scenario.stop());

async function replaceFile(text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

test.each([
  ['the file is followed', false],
  ['SIGHUP', true],
])(
  'a token is rotated under load (%s): none refused, all media fetched',
  async (how, hangUp) => {
    await replaceFile(`${ACCOUNT.sid}:${ACCOUNT.authToken}\n`);
    await scenario.start({ TWILIO_AUTH_TOKENS_FILE: file });
    const attachment = note();
    const sent: { sid: string; status: number; token: string }[] = [];
    let tokens = [ACCOUNT.authToken];
    let isOver = false;
    const stream = async () => {
      for (let n = 0; !isOver; n += 1) {
        const token = String(tokens[n % tokens.length]);
        const attachments = n % ONE_IN === 0 ? [attachment] : [];
        sent.push({
          token,
          ...(await scenario.deliver({ attachments }, { authToken: token })),
        });
      }
    };
    const more = async () => {
      const before = sent.length;
      await eventually(async () => expect(sent.length).toBeGreaterThan(before + BATCH), 60_000);
    };
    const streams = [stream(), stream(), stream()];
    await more();

    // First in the file, so first to be tried with the API, which does not know it yet.
    const lines = () => scenario.inbox.output().split('auth tokens read').length;
    const read = lines();
    await replaceFile(`${ACCOUNT.sid}:${NEW_TOKEN}\n${ACCOUNT.sid}:${ACCOUNT.authToken}\n`);
    if (hangUp) scenario.inbox.child.kill('SIGHUP');
    await eventually(async () => expect(lines()).toBeGreaterThan(read));
    tokens = [ACCOUNT.authToken, NEW_TOKEN];
    await more();
    // From now on the API knows the new one alone.
    scenario.twilio.replaceAuthToken(ACCOUNT.sid, NEW_TOKEN);
    tokens = [NEW_TOKEN];
    await more();
    await replaceFile(`${ACCOUNT.sid}:${NEW_TOKEN}\n`);
    await more();
    isOver = true;
    await Promise.all(streams);

    expect(sent.filter(({ status }) => status !== 200)).toEqual([]);
    await scenario.allStored(
      sent.map(({ sid }) => sid),
      60_000,
    );
    const media = (await scenario.messages()).flatMap((message) => message.media);
    expect(new Set(media.map(({ attempts }) => attempts))).toEqual(new Set([1]));
    const signed = (token: string) => sent.filter((one) => one.token === token).length;
    console.log(
      `token rotated (${how}): ${sent.length} webhooks, ${signed(ACCOUNT.authToken)} signed with the ` +
        `old token, ${signed(NEW_TOKEN)} with the new, 0 refused, all stored at the first try`,
    );
  },
  180_000,
);
