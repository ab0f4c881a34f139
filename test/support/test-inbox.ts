import { Writable } from 'node:stream';
import { pino } from 'pino';
import type supertest from 'supertest';
import { loadConfig } from '../../src/config/config.ts';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { LOG_SERIALIZERS } from '../../src/monitoring/logger.ts';
import { startInbox } from '../../src/server/inbox.ts';
import type {
  CreateMessageInput,
  SimulatedMessage,
} from '../../src/simulator/simulated-message.ts';
import {
  type DeliverOptions,
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import type { DeliveryOutcome } from '../../src/simulator/webhook/deliver-webhook.ts';
import { checkedRequest, checkFetchesFrom } from './checked-requests.ts';
import { IN_BUCKET, startTestS3 } from './s3/test-s3.ts';
import { createTestDatabase } from './test-database.ts';

export const ACCOUNT = { sid: `AC${'a1'.repeat(16)}`, authToken: 'token-of-the-main-account' };
export const OTHER_ACCOUNT = { sid: `AC${'b2'.repeat(16)}`, authToken: 'token-of-the-subaccount' };
export const ADMIN_KEY = 'admin-key-for-tests';

/** An inbox on real HTTP, with its own database and folder, and the simulator as its Twilio. */
export interface TestInbox {
  url: string;
  dataDir: string;
  /** Undefined on the embedded database. */
  databaseUrl: string | undefined;
  /** The same past the pooler of `databaseUrl`; undefined without one. */
  databaseDirectUrl: string | undefined;
  /** The bucket of its files; undefined when they are in the data folder. */
  s3Url: string | undefined;
  twilio: TwilioSimulator;
  /** Every log line, as JSON text. */
  logLines: string[];
  /** Calls the API with the admin key. */
  api(method: 'get' | 'post' | 'patch' | 'delete' | 'head' | 'put', path: string): supertest.Test;
  /** Creates a message upstream and delivers its webhook. */
  receive(
    message: CreateMessageInput,
    options?: Partial<DeliverOptions>,
  ): Promise<{ message: SimulatedMessage; answer: DeliveryOutcome }>;
  /** The media of a message once all of them are in one of these states; fails after a timeout. */
  mediaOf(messageSid: string, ...states: MediaItem['state'][]): Promise<MediaItem[]>;
  /**
   * Stops the server and starts it again on the same data.
   *
   * @param whileStopped what is done in between, such as writing rows
   */
  restart(env?: Record<string, string>, whileStopped?: () => Promise<void>): Promise<void>;
  stop(): Promise<void>;
}

/** @param env variables besides those that the harness sets */
export async function startTestInbox(env: Record<string, string> = {}): Promise<TestInbox> {
  const accounts = [ACCOUNT, OTHER_ACCOUNT];
  const twilio = await startTwilioSimulator({ accounts });
  const database = await createTestDatabase();
  const s3 = IN_BUCKET ? await startTestS3() : undefined;
  const logLines: string[] = [];
  const log = pino(
    { base: null, serializers: LOG_SERIALIZERS },
    new Writable({
      write(chunk, _encoding, done) {
        logLines.push(String(chunk));
        done();
      },
    }),
  );
  const start = async (more: Record<string, string>) => {
    const started = await startInbox(
      loadConfig({
        HOST: '127.0.0.1',
        PORT: '0',
        DATA_DIR: database.dataDir,
        DATABASE_URL: database.databaseUrl,
        DATABASE_DIRECT_URL: database.databaseDirectUrl,
        BLOB_STORE_URL: s3?.url,
        TWILIO_ACCOUNT_SID: ACCOUNT.sid,
        TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
        TWILIO_AUTH_TOKENS: `${OTHER_ACCOUNT.sid}:${OTHER_ACCOUNT.authToken}`,
        TWILIO_API_BASE_URL: twilio.apiBaseUrl,
        MEDIA_REDIRECT_HOSTS: twilio.mediaHost,
        ADMIN_API_KEY: ADMIN_KEY,
        // Tests that count requests to Twilio expect only their own.
        RECONCILE_INTERVAL_MINUTES: '0',
        // Starting a second decoder takes longer than decoding the few pictures of a test.
        PREVIEW_CONCURRENCY: '1',
        ...env,
        ...more,
      }).config,
      log,
    );
    const endChecks = checkFetchesFrom(started.url);
    return {
      ...started,
      async stop() {
        endChecks();
        await started.stop();
      },
    };
  };
  let inbox = await start({});

  const test: TestInbox = {
    get url() {
      return inbox.url;
    },
    dataDir: database.dataDir,
    databaseUrl: database.databaseUrl,
    databaseDirectUrl: database.databaseDirectUrl,
    s3Url: env.BLOB_STORE_URL ?? s3?.url,
    twilio,
    logLines,
    api: (method, path) =>
      checkedRequest(inbox.url, method, path).set('Authorization', `Bearer ${ADMIN_KEY}`),
    async receive(input, options = {}) {
      const message = twilio.createMessage(input);
      const url = `${inbox.url}/twilio/incoming`;
      return { message, answer: await twilio.deliver(message, { url, ...options }) };
    },
    mediaOf: (messageSid, ...states) =>
      eventually(async () => {
        const { body } = await test.api('get', `/api/v1/messages/${messageSid}`).expect(200);
        const media = body.media as MediaItem[];
        if (media.some(({ state }) => !states.includes(state))) {
          throw new Error(
            `not all ${states}: ${JSON.stringify(media.map((m) => [m.state, m.reason]))}`,
          );
        }
        return media;
      }),
    async restart(more = {}, whileStopped) {
      await inbox.stop();
      await whileStopped?.();
      inbox = await start(more);
    },
    async stop() {
      await inbox.stop();
      await twilio.stop();
      await s3?.stop();
      await database.remove();
    },
  };
  return test;
}

/** Polls until `attempt` no longer throws; fails with its last error after 45 seconds. */
export async function eventually<T>(attempt: () => Promise<T>, deadlineMs = 45_000): Promise<T> {
  const start = Date.now();
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const waited = Date.now() - start;
      if (waited > deadlineMs) throw error;
      // Less often the longer it takes, to leave the CPU to the work that is waited for.
      await new Promise((wait) => setTimeout(wait, Math.min(25 + waited / 4, 400)));
    }
  }
}
