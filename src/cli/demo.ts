import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/config.ts';
import { asError } from '../errors/caught.ts';
import type { MediaItem } from '../gallery/item-schemas.ts';
import { commandLine } from '../lifecycle/command-line.ts';
import { createLifecycle, type Lifecycle } from '../lifecycle/lifecycle.ts';
import { openLog } from '../monitoring/open-log.ts';
import { startInbox } from '../server/inbox.ts';
import { type SAMPLE_NAMES, sampleAttachment } from '../simulator/samples/sample-attachments.ts';
import { createSimulationMessages } from '../simulator/simulation-messages.ts';
import { startTwilioSimulator, type TwilioSimulator } from '../simulator/twilio-simulator.ts';
import { EXIT } from './exit-codes.ts';
import { importSampleHistory } from './sample-history.ts';

const ACCOUNT = { sid: `AC${'5eed'.repeat(8)}`, authToken: 'demo-auth-token' };
const MESSAGES = [
  { from: '+15550100001', body: 'The view this morning 🌄', samples: ['landscape', 'skyline'] },
  { from: '+15550100002', body: 'see our chat', samples: ['chat', 'balloons'] },
  { from: '+15550100003', body: '', samples: ['orbit'] },
  { from: '+15550100001', body: 'badge and tiles', samples: ['badge', 'tiles'] },
  { from: '+15550100004', body: 'my card', samples: ['contact', 'note'] },
] satisfies { from: string; body: string; samples: (typeof SAMPLE_NAMES)[number][] }[];
const RECIPIENT = '+15550109999';
const DEADLINE_MS = 60_000;
/** Of what comes while the page is watched: ten minutes. */
const ARRIVAL_MS = 30_000;
const MAX_ARRIVALS = 20;
const arrival = createSimulationMessages({});
let arrived = 0;

const adminKey = randomBytes(18).toString('base64url');

export interface DemoFlags {
  once?: boolean;
  keep?: boolean;
  verbose?: boolean;
}

/**
 * Starts a simulated Twilio and an inbox on this machine, sends a few messages through both, prints the result, and
 * serves until Ctrl-C.
 */
export async function runDemo(flags: DemoFlags): Promise<void> {
  const interrupted = new Promise<void>((done) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => done());
  });
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-demo-'));
  const lifecycle = createLifecycle();
  try {
    await run(flags, folder, lifecycle, interrupted);
  } catch (error) {
    console.error(`\nThe demo failed: ${asError(error).message}`);
    process.exitCode = EXIT.failed;
  } finally {
    await lifecycle.close();
    if (flags.keep) console.log(`Kept: ${folder}`);
    else await rm(folder, { recursive: true, force: true });
  }
}

async function run(
  flags: DemoFlags,
  folder: string,
  lifecycle: Lifecycle,
  interrupted: Promise<void>,
): Promise<void> {
  console.log('Starting a simulated Twilio and mms-inbox (the first start creates a database)…');
  const twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  lifecycle.add('the simulated Twilio', () => twilio.stop());
  const { config } = loadConfig({
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: folder,
    TWILIO_ACCOUNT_SID: ACCOUNT.sid,
    TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    TWILIO_API_BASE_URL: twilio.apiBaseUrl,
    MEDIA_REDIRECT_HOSTS: twilio.mediaHost,
    ADMIN_API_KEY: adminKey,
    RECONCILE_INTERVAL_MINUTES: '0',
    LOG_LEVEL: flags.verbose ? 'info' : 'error',
  });
  const inbox = await startInbox(config, openLog(config.logLevel, config.logFormat));
  lifecycle.add('the inbox', () => inbox.stop());
  console.log(`  Twilio's API   ${twilio.apiBaseUrl}\n  mms-inbox      ${inbox.url}\n`);

  const expected = await sendMessages(twilio, inbox.url);
  const items = await followMedia(inbox.url, expected);
  printList(items);
  if (flags.once) {
    await deleteOne(inbox.url, twilio, items);
    return;
  }
  console.log('\nImporting messages of the last months, so that there is more to look at…');
  console.log(`  ${await importSampleHistory(inbox.url, adminKey)} attachments`);
  printCommands(inbox.url, items);
  console.log(
    `\nServing until Ctrl-C. Data is in ${folder}${flags.keep ? '' : ' (removed at the end)'}\n`,
  );
  await printSignInLink(inbox.url);
  const arrivals = setInterval(receiveOne, ARRIVAL_MS, twilio, inbox.url);
  await interrupted;
  clearInterval(arrivals);
  console.log('\nStopping…');
}

/** @returns how many attachments were sent */
async function sendMessages(from: TwilioSimulator, baseUrl: string): Promise<number> {
  let attachments = 0;
  for (const { samples, ...text } of MESSAGES) {
    const message = from.createMessage({
      ...text,
      to: RECIPIENT,
      attachments: await Promise.all(samples.map((name) => sampleAttachment(name))),
    });
    const answer = await from.deliver(message, { url: `${baseUrl}/twilio/incoming` });
    console.log(
      `message ${message.sid}  ${samples.length} attachment(s)  answered ${answer.status} in ` +
        `${Math.round(answer.milliseconds)} ms`,
    );
    if (answer.status !== 200) throw new Error('a webhook was not accepted');
    attachments += samples.length;
  }
  console.log();
  return attachments;
}

/** Prints every change of every attachment until each is stored. */
async function followMedia(baseUrl: string, expected: number): Promise<MediaItem[]> {
  const shown = new Map<string, string>();
  const deadline = Date.now() + DEADLINE_MS;
  while (Date.now() < deadline) {
    const { items } = (await call(baseUrl, '/api/v1/media').then((r) => r.json())) as {
      items: MediaItem[];
    };
    for (const item of items) {
      const line = `${item.state}${item.reason ? ` (${item.reason})` : ''}`;
      if (shown.get(item.sid) === line) continue;
      shown.set(item.sid, line);
      console.log(`  ${item.sid}  ${line}`);
    }
    const failed = items.find(({ state }) => state === 'failed');
    if (failed !== undefined) throw new Error(`${failed.sid} failed: ${failed.reason}`);
    if (items.length === expected && items.every(({ state }) => state === 'stored')) return items;
    await new Promise((wait) => setTimeout(wait, 50));
  }
  throw new Error(`not every attachment was stored within ${DEADLINE_MS / 1000} s`);
}

function printList(items: MediaItem[]): void {
  console.log('\nStored:');
  for (const { sid, contentType, byteSize, width, height, preview } of items) {
    const size = width === null ? '' : `${width}×${height}`;
    const thumbnail = `/api/v1/media/${sid}/thumbnail?size=large  ${preview?.kind}`;
    console.log(
      `  ${(contentType ?? '?').padEnd(11)} ${size.padEnd(9)} ${String(byteSize).padStart(8)} B  ` +
        `/api/v1/media/${sid}/content  ${thumbnail}`,
    );
  }
}

function printCommands(baseUrl: string, items: MediaItem[]): void {
  const sample = items.find(({ preview }) => preview?.kind === 'image') ?? items[0];
  const curl = `curl -H 'Authorization: Bearer ${adminKey}'`;
  console.log('\nTry it:');
  console.log(`  ${curl} '${baseUrl}/api/v1/media?limit=2'`);
  console.log(`  ${curl} -o thumbnail '${baseUrl}/api/v1/media/${sample?.sid}/thumbnail'`);
}

/** The page's address; it comes last, so that nobody has to look for it. */
async function printSignInLink(baseUrl: string): Promise<void> {
  const answer = await call(baseUrl, '/api/v1/session/links', 'POST');
  const { url } = (await answer.json()) as { url: string };
  console.log('Open the page; a new message arrives every half a minute for a while:');
  console.log(`\n  ${url}\n`);
  console.log('The link signs in once, within ten minutes. For another one:');
  console.log(`  ${commandLine(`sign-in-link --url ${baseUrl} --key ${adminKey}`)}`);
}

/** Another message, while the page is watched. */
async function receiveOne(from: TwilioSimulator, baseUrl: string): Promise<void> {
  if (arrived === MAX_ARRIVALS) return;
  arrived += 1;
  const message = from.createMessage({ ...(await arrival(arrived)), to: RECIPIENT });
  // Both may have been stopped meanwhile.
  await from.deliver(message, { url: `${baseUrl}/twilio/incoming` }).catch(() => undefined);
}

async function deleteOne(
  baseUrl: string,
  from: TwilioSimulator,
  [item]: MediaItem[],
): Promise<void> {
  if (item === undefined) throw new Error('there is nothing to delete');
  const answer = await call(baseUrl, `/api/v1/media/${item.sid}`, 'DELETE');
  const again = await call(baseUrl, `/api/v1/media/${item.sid}`);
  if (answer.status !== 204 || again.status !== 404) throw new Error('the delete did not work');
  const deadline = Date.now() + DEADLINE_MS;
  while (from.mediaExists(item.sid)) {
    if (Date.now() > deadline) throw new Error("Twilio's copy was not deleted");
    await new Promise((wait) => setTimeout(wait, 50));
  }
  console.log(`\nDeleted ${item.sid}: here (204, then 404) and at Twilio.`);
}

function call(baseUrl: string, path: string, method = 'GET'): Promise<Response> {
  return fetch(baseUrl + path, { method, headers: { authorization: `Bearer ${adminKey}` } });
}
