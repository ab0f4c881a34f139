import { randomUUID } from 'node:crypto';
import { awaitFetches } from './await-fetches.ts';
import type { SimulatedRequest } from './request-log.ts';
import type { SimulatedMessage } from './simulated-message.ts';
import { createSimulationMessages, type SimulationContent } from './simulation-messages.ts';
import { startTwilioSimulator, type TwilioSimulator } from './twilio-simulator.ts';
import type { DeliveryOutcome } from './webhook/deliver-webhook.ts';

const WEBHOOK_PATH = '/twilio/incoming';

/** An account that exists only in the simulator. */
export const DEMO_ACCOUNT = {
  accountSid: `AC${'0'.repeat(31)}1`,
  authToken: `${'0'.repeat(31)}1`,
} as const;

export interface SimulationOptions extends SimulationContent {
  /** The URL of the deployment, with or without the webhook's path. */
  url: string;
  /** The number of messages. */
  count: number;
  /** The number of webhooks in progress at the same time. */
  concurrency: number;
  accountSid: string;
  authToken: string;
  /** Accepted besides the account's own credentials. */
  apiKey?: { sid: string; secret: string } | undefined;
  host: string;
  apiPort: number;
  mediaPort: number;
  /** Also waits for attachments of messages that were not answered: reconciliation fetches them. */
  stay?: boolean | undefined;
  /** Every webhook is sent twice. */
  duplicates?: boolean | undefined;
  /** Every signature is wrong: 403 is the expected answer, and nothing is fetched. */
  wrongSignatures?: boolean | undefined;
  /** How long to keep serving without a request; default 300. */
  idleSeconds?: number;
}

/**
 * Sends messages to a deployment and serves their media until it has fetched them all.
 *
 * @returns the exit code: 0 if every webhook was sent and, without `stay`, answered as expected, and every
 *   attachment fetched, else 1
 * @throws the errors of starting the simulator, such as EADDRINUSE
 */
export async function runSimulation(
  options: SimulationOptions,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const { accountSid, authToken, host, apiPort, mediaPort } = options;
  const simulator = await startTwilioSimulator({
    accounts: [{ sid: accountSid, authToken }],
    apiKeys: options.apiKey ? [{ ...options.apiKey, accountSid }] : [],
    host,
    apiPort,
    mediaPort,
  });
  try {
    printSettings(options, simulator, print);
    const results = await sendAll(options, simulator, print, signal);

    const expected = options.wrongSignatures ? 403 : 200;
    const right = results.filter(({ outcome }) => isRight(outcome, expected));
    const awaited = options.stay ? results : right;
    const mediaSids = new Set(
      awaited
        .flatMap(({ message }) => (options.wrongSignatures ? [] : message.media))
        .map(({ sid }) => sid),
    );
    const fetched = await awaitFetches([...mediaSids], {
      requests: simulator.requests,
      idleSeconds: options.idleSeconds ?? 300,
      signal,
      onProgress: (done) => print(`fetched ${done}/${mediaSids.size}`),
      onNothing: () =>
        print(
          `Nothing was fetched yet: has the deployment TWILIO_API_BASE_URL=${simulator.apiBaseUrl}?`,
        ),
    });

    const planned = options.count * (options.duplicates ? 2 : 1);
    print(
      `${right.length}/${planned} webhooks answered ${expected}, ` +
        `${fetched}/${mediaSids.size} attachments fetched`,
    );
    const isComplete = fetched === mediaSids.size;
    const wanted = options.stay && !options.wrongSignatures ? results : right;
    const isSuccess = isComplete && wanted.length === planned;
    if (!isSuccess) hints(results, simulator.requests, expected, isComplete).forEach(print);
    if (options.stay && !isComplete && !signal.aborted) {
      print(
        'Not everything was fetched within --idle: a deployment reconciles at each start of a worker and every RECONCILE_INTERVAL_MINUTES.',
      );
    }
    return isSuccess ? 0 : 1;
  } finally {
    await simulator.stop();
  }
}

interface SendResult {
  message: SimulatedMessage;
  outcome: DeliveryOutcome;
}

async function sendAll(
  options: SimulationOptions,
  simulator: TwilioSimulator,
  print: (line: string) => void,
  signal: AbortSignal,
): Promise<SendResult[]> {
  const { webhookUrl: url } = deploymentUrls(options.url);
  const messageInput = createSimulationMessages(options);
  const results: SendResult[] = [];
  let next = 0;

  async function send(index: number): Promise<void> {
    const message = simulator.createMessage(await messageInput(index));
    const idempotencyToken = randomUUID();
    const signature = options.wrongSignatures ? 'wrong' : 'valid';
    for (let copy = 0; copy < (options.duplicates ? 2 : 1); copy += 1) {
      const outcome = await simulator.deliver(message, {
        url,
        idempotencyToken,
        signature,
        signal,
      });
      results.push({ message, outcome });
      print(resultLine(message, outcome));
    }
  }

  async function sendInTurn(): Promise<void> {
    while (next < options.count && !signal.aborted) {
      const index = next;
      next += 1;
      await send(index);
    }
  }

  try {
    await Promise.all(Array.from({ length: options.concurrency }, sendInTurn));
  } catch (error) {
    // After an abort the summary covers what was sent until then.
    if (!signal.aborted) throw error;
  }
  return results;
}

/** Hints about the likely causes of a failed simulation, one line each. */
function hints(
  results: readonly SendResult[],
  requests: readonly SimulatedRequest[],
  expected: number,
  isComplete: boolean,
): string[] {
  const statuses = new Set(results.map(({ outcome }) => outcome.status));
  const isUnauthorized = ({ server, status }: SimulatedRequest) =>
    server === 'api' && status === 401;
  return [
    ...(statuses.has(null)
      ? ['No answer to some or all webhooks: is the deployment running at this --url?']
      : []),
    ...(statuses.has(403) && expected !== 403
      ? ['403: PUBLIC_URL must be the --url of this command, and account and token the same.']
      : []),
    // A 401 alone is no problem: another token of the account may have been tried first.
    ...(!isComplete && requests.some(isUnauthorized)
      ? ['401 for media: the credentials of the deployment are not those of this command.']
      : []),
  ];
}

function isRight(outcome: DeliveryOutcome, expected: number): boolean {
  return outcome.status === expected && (expected !== 200 || outcome.errorCode === null);
}

/** Derives the two URLs of a deployment from either of them. */
export function deploymentUrls(url: string): { publicUrl: string; webhookUrl: string } {
  const [path = url] = url.split(/[?#]/, 1);
  const publicUrl = path.replace(/\/+$/, '').replace(/\/twilio\/incoming$/, '');
  return { publicUrl, webhookUrl: publicUrl + WEBHOOK_PATH + url.slice(path.length) };
}

function printSettings(
  options: SimulationOptions,
  { apiBaseUrl, mediaHost }: TwilioSimulator,
  print: (line: string) => void,
): void {
  // A token that may be real is not printed.
  const isDemo = options.authToken === DEMO_ACCOUNT.authToken;
  print('The deployment needs these settings:');
  print(`  TWILIO_ACCOUNT_SID=${options.accountSid}`);
  print(`  TWILIO_AUTH_TOKEN=${isDemo ? options.authToken : '(the one given to this command)'}`);
  print(`  TWILIO_API_BASE_URL=${apiBaseUrl}`);
  print(`  MEDIA_REDIRECT_HOSTS=${mediaHost}`);
  print(`  PUBLIC_URL=${deploymentUrls(options.url).publicUrl}`);
}

function resultLine(message: SimulatedMessage, outcome: DeliveryOutcome): string {
  const attachments = `${message.media.length} attachment${message.media.length === 1 ? '' : 's'}`;
  const status = outcome.status ?? 'no answer';
  const error = outcome.errorCode === null ? '' : `  error ${outcome.errorCode}`;
  return `${message.sid}  ${attachments}  ${status}  ${Math.round(outcome.milliseconds)} ms${error}`;
}
