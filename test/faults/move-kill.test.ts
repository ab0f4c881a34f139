import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSampleRandom } from '../../src/simulator/samples/sample-random.ts';
import { startTwilioSimulator } from '../../src/simulator/twilio-simulator.ts';
import { fixturePath } from '../support/fixtures.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { createEmptyDatabase, readAllRows, runMove } from '../support/moved-installation.ts';
import { startStrictS3 } from '../support/s3/strict-s3.ts';
import { smallPicture } from '../support/small-picture.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';
import { startWebhookLoad } from '../support/webhook-load.ts';
import { startCommand } from './killed-command.ts';

const KILLS = 10;
const MESSAGES = 50;
// Under endless load the source would grow faster than a small machine makes previews.
const LOAD_PER_KILL = 40;
const FIXTURES = ['photo.jpg', 'animated.gif', 'contact-30.vcf', 'note-utf8.txt', 'unknown.bin'];

async function call({ url }: InboxProcess, path: string, method = 'GET'): Promise<Response> {
  return fetch(url + path, { method, headers: { authorization: `Bearer ${ADMIN_KEY}` } });
}

test.runIf(Boolean(process.env.TEST_DATABASE_URL))(
  '500 attachments under load move to PostgreSQL and a bucket, killed at ten moments',
  { timeout: 1_200_000 },
  async () => {
    const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
    const random = createSampleRandom(seed);
    const twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
    const s3 = await startStrictS3('mms');
    const target = await createEmptyDatabase();
    const dataDir = await mkdtemp(join(tmpdir(), 'mms-inbox-move-'));
    const own = { ...inboxEnv({ dataDir, databaseUrl: undefined }, twilio), ...s3.env };
    const load = await startWebhookLoad(twilio, random);
    const inbox = await startInboxProcess(own);
    const env = { ...own, PORT: new URL(inbox.url).port };
    const flags = ['--to-database', target.url, '--to-blobs', s3.url];
    try {
      const fixtures = await Promise.all(FIXTURES.map((name) => readFile(fixturePath(name))));
      for (let n = 0; n < MESSAGES; n += 1) {
        const pictures = [0, 1, 2, 3, 4].map((k) => smallPicture(n * 5 + k));
        const contents = [...fixtures, ...(await Promise.all(pictures))];
        const attachments = contents.map((bytes) => ({ bytes, contentType: 'image/png' }));
        const message = twilio.createMessage({ attachments });
        await twilio.deliver(message, { url: `${inbox.url}/twilio/incoming` });
      }
      const deletions = deleteNowAndThen(inbox);

      const killed = { running: 0, stopped: 0, ended: 0 };
      for (let kill = 0; kill < KILLS; kill += 1) {
        if (kill === KILLS / 2) {
          await deletions.stop();
          load.aim();
          await inbox.end('SIGTERM');
        }
        const isRunning = kill < KILLS / 2;
        const enough = load.delivered.length + LOAD_PER_KILL;
        if (isRunning) load.aim(inbox.url);
        const hasEnded = await moveAndKill(env, flags, s3.requests, random, () => {
          if (load.delivered.length >= enough) load.aim();
        });
        killed[hasEnded ? 'ended' : isRunning ? 'running' : 'stopped'] += 1;
      }
      const end = await runMove(env, ...flags);
      console.log(`KILL_SEED=${seed}`, killed, end.stdout);
      expect(end).toMatchObject({ code: 0 });
      expect(end.stdout).toContain('Everything is there.');

      const place = { dataDir, databaseUrl: undefined };
      const [there, here] = [
        await readAllRows({ ...place, databaseUrl: target.url }),
        await readAllRows(place),
      ];
      expect(there).toEqual(here);
      expect(here.media?.length).toBeGreaterThanOrEqual(500);
      expect(here.deletion?.length).toBeGreaterThan(0);
      const named = await target.query<{ key: string; source: string }>(
        'SELECT key, source_key AS source FROM mms_inbox_move.file',
      );
      const objects = s3.objects();
      expect(objects.size).toBe(named.length);
      for (const { key, source } of named) {
        const bytes = await readFile(join(dataDir, 'blobs', source));
        expect(objects.get(key.replace(/^s3:\/\/[^/]+\//, ''))?.equals(bytes), key).toBe(true);
      }

      const moved = { DATABASE_URL: target.url, BLOB_STORE_URL: s3.url };
      const started = await startInboxProcess({ ...own, ...moved });
      try {
        await eventually(async () => {
          const list = await (await call(started, '/api/v1/media?state=pending&limit=1')).json();
          expect(list.items).toEqual([]);
        }, 240_000);
        const list = await (await call(started, '/api/v1/media?state=stored&limit=200')).json();
        for (const { sid } of list.items.slice(0, 20)) {
          expect((await call(started, `/api/v1/media/${sid}/content`)).status).toBe(200);
        }
        const { status } = await call(started, `/api/v1/media/${list.items[0].sid}`, 'DELETE');
        expect(status).toBe(204);
      } finally {
        await started.end('SIGTERM');
      }
    } finally {
      await inbox.end('SIGKILL');
      await load.stop();
      await twilio.stop();
      await target.remove();
      await s3.stop();
      await rm(dataDir, { recursive: true, force: true });
    }
  },
);

/** Deletes an attachment every second, with whatever has the same bytes. */
function deleteNowAndThen(inbox: InboxProcess): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const done = (async () => {
    while (!stopping.signal.aborted) {
      const list = await (await call(inbox, '/api/v1/media?state=stored&limit=50')).json();
      const sid = list.items?.at(-1)?.sid;
      if (sid !== undefined) await call(inbox, `/api/v1/media/${sid}`, 'DELETE');
      await setTimeout(1000, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    stop() {
      stopping.abort();
      return done;
    },
  };
}

/** Kills a move after some time, or after some requests to the bucket. @returns whether it had ended before */
async function moveAndKill(
  env: Record<string, string>,
  flags: readonly string[],
  requests: readonly string[],
  random: ReturnType<typeof createSampleRandom>,
  whileRunning: () => void,
): Promise<boolean> {
  const child = startCommand(['move', ...flags], env);
  const exit = once(child, 'exit');
  const isByRequests = random.between(0, 3) < 2;
  const goal = requests.length + Math.floor(random.between(1, 1500));
  const deadline = Date.now() + random.between(500, isByRequests ? 120_000 : 15_000);
  while (child.exitCode === null && Date.now() < deadline) {
    if (isByRequests && requests.length >= goal) break;
    whileRunning();
    await setTimeout(20);
  }
  const hasEnded = child.exitCode !== null;
  child.kill('SIGKILL');
  await exit;
  return hasEnded;
}
