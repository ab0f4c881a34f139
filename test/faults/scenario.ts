import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import type {
  CreateMessageInput,
  SimulatedAttachment,
} from '../../src/simulator/simulated-message.ts';
import {
  type DeliverOptions,
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, runInboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';

export interface Sent {
  sid: string;
  /** 0 for no answer. */
  status: number;
  milliseconds: number;
}

export interface ListedMessage {
  sid: string;
  source: string;
  media: MediaItem[];
}

interface MessagePage {
  items: ListedMessage[];
  nextCursor: string | null;
}

/** The real process on a data folder and a database of its own, with the simulator as its Twilio. */
export interface Scenario {
  twilio: TwilioSimulator;
  dataDir: string;
  /** The process that was started last. */
  inbox: InboxProcess;
  /** Starts the process, again on the same data. */
  start(more?: Record<string, string>): Promise<void>;
  /** Starts it and waits until it has ended by itself. */
  run(more?: Record<string, string>): ReturnType<typeof runInboxProcess>;
  /** Delivers the webhook of a new message, once. */
  send(...attachments: SimulatedAttachment[]): Promise<Sent>;
  /** The same with any message, sent in any way. */
  deliver(input: CreateMessageInput, options?: Partial<DeliverOptions>): Promise<Sent>;
  /** Asks the API; the body is what the caller says it is. */
  api<T>(path: string): Promise<{ status: number; body: T }>;
  messages(): Promise<ListedMessage[]>;
  /** Resolves once exactly these messages are here, each once, and all their media are stored. */
  allStored(sids: string[], deadlineMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** @param env variables besides those that the scenario sets */
export async function createScenario(env: Record<string, string> = {}): Promise<Scenario> {
  const twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  const database = await createTestDatabase();
  let inbox: InboxProcess | undefined;
  const environment = { ...inboxEnv(database, twilio), ...env };

  const scenario: Scenario = {
    twilio,
    dataDir: database.dataDir,
    get inbox() {
      if (inbox === undefined) throw new Error('The process was not started');
      return inbox;
    },
    async start(more = {}) {
      inbox = await startInboxProcess({ ...environment, ...more });
    },
    run: (more = {}) => runInboxProcess({ ...environment, ...more }),
    send: (...attachments) => scenario.deliver({ attachments }),
    async deliver(input, options = {}) {
      const message = twilio.createMessage(input);
      const url = `${scenario.inbox.url}/twilio/incoming`;
      const { status, milliseconds } = await twilio.deliver(message, { url, ...options });
      return { sid: message.sid, status: status ?? 0, milliseconds };
    },
    async api<T>(path: string) {
      const response = await fetch(scenario.inbox.url + path, {
        headers: { authorization: `Bearer ${ADMIN_KEY}` },
      });
      return { status: response.status, body: (await response.json()) as T };
    },
    async messages() {
      const all: ListedMessage[] = [];
      for (let query = '?limit=200'; query !== ''; ) {
        const { body } = await scenario.api<MessagePage>(`/api/v1/messages${query}`);
        all.push(...body.items);
        query = body.nextCursor === null ? '' : `?limit=200&cursor=${body.nextCursor}`;
      }
      return all;
    },
    allStored: (sids, deadlineMs) =>
      eventually(async () => {
        const found = await scenario.messages();
        const waiting = found.flatMap(({ media }) => media.filter((m) => m.state !== 'stored'));
        if (waiting.length > 0) {
          const [first] = waiting;
          throw new Error(`${waiting.length} media not stored: ${first?.state} ${first?.reason}`);
        }
        const missing = sids.filter((sid) => !found.some((message) => message.sid === sid));
        if (missing.length > 0) throw new Error(`${missing.length} messages are not here`);
        const unique = new Set(found.map(({ sid }) => sid));
        if (found.length !== unique.size || found.length !== sids.length) {
          throw new Error(`${found.length} messages are here, ${sids.length} were meant`);
        }
      }, deadlineMs),
    async stop() {
      await inbox?.end('SIGKILL');
      await twilio.stop();
      await database.remove();
    },
  };
  return scenario;
}

let notes = 0;

/** A small text, another each time. */
export function note(text = ''): SimulatedAttachment {
  notes += 1;
  return { bytes: Buffer.from(`note ${notes} ${text}`), contentType: 'text/plain' };
}
