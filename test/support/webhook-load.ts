import { randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import {
  type SampleName,
  sampleAttachment,
} from '../../src/simulator/samples/sample-attachments.ts';
import type { SampleRandom } from '../../src/simulator/samples/sample-random.ts';
import type {
  SimulatedAttachment,
  SimulatedMessage,
} from '../../src/simulator/simulated-message.ts';
import type { TwilioSimulator } from '../../src/simulator/twilio-simulator.ts';
import { eventually } from './test-inbox.ts';

/** A message whose webhook was sent once, as Twilio does. */
export interface Delivered {
  message: SimulatedMessage;
  /** Whether it was answered with 200. */
  isAcknowledged: boolean;
  /** Time until the answer; 0 while it is pending. */
  milliseconds: number;
}

export interface WebhookLoad {
  delivered: readonly Delivered[];
  /** Sets the servers that get the messages from now on, each at random; none pauses the senders. */
  aim(...urls: string[]): void;
  /** Resolves when `count` more messages have been answered with 200. */
  acknowledged(count: number): Promise<void>;
  stop(): Promise<void>;
}

const SENDERS = 4;
// Twilio's error code.
const CONNECTION_FAILED = 11205;
// These files repeat; every note is unique.
const SHARED: SampleName[] = ['landscape', 'badge', 'orbit', 'contact'];
// Buckets take larger files than 8 MiB in parts.
const LARGE_BYTES = 9 * 1024 ** 2;

/**
 * Delivers messages with one or two attachments; each sender sends the next as soon as the last is answered.
 * Messages without an answer are not sent again.
 *
 * @param largeShare of the messages that have one file of 9 MiB, none of which repeats
 */
export async function startWebhookLoad(
  twilio: TwilioSimulator,
  random: SampleRandom,
  largeShare = 0,
): Promise<WebhookLoad> {
  const shared = await Promise.all(SHARED.map((name) => sampleAttachment(name)));
  const delivered: Delivered[] = [];
  let targets: string[] = [];
  let isStopped = false;
  const resumed = new EventEmitter();

  async function pickAttachments(): Promise<SimulatedAttachment[]> {
    if (random.between(0, 1) < largeShare) return [largeFile()];
    const known = () => random.pick(shared as [SimulatedAttachment, ...SimulatedAttachment[]]);
    const kind = random.between(0, 4);
    if (kind < 2) return [known()];
    return [known(), kind < 3 ? known() : await sampleAttachment('note', delivered.length)];
  }

  async function send(): Promise<void> {
    while (!isStopped) {
      const [target, ...others] = targets;
      if (target === undefined) {
        await once(resumed, 'resume');
        continue;
      }
      const attachments = await pickAttachments();
      const message = twilio.createMessage({ attachments });
      const entry = { message, isAcknowledged: false, milliseconds: 0 };
      delivered.push(entry);
      const url = random.pick([target, ...others]);
      const { status, milliseconds, errorCode } = await twilio.deliver(message, {
        url: `${url}/twilio/incoming`,
      });
      entry.isAcknowledged = status === 200;
      entry.milliseconds = milliseconds;
      // Requests to a closed port are not load. A server that is late, or has dropped one connection, goes on getting
      // messages: otherwise all senders might wait for an `aim` that does not come.
      if (errorCode === CONNECTION_FAILED && !(await isListening(url))) {
        targets = targets.filter((other) => other !== url);
      }
    }
  }

  const aim = (...urls: string[]) => {
    targets = urls;
    if (urls.length > 0) resumed.emit('resume');
  };
  const senders = Promise.all(Array.from({ length: SENDERS }, send));
  const count = () => delivered.filter(({ isAcknowledged }) => isAcknowledged).length;
  return {
    delivered,
    aim,
    async acknowledged(more) {
      const goal = count() + more;
      await eventually(async () => {
        if (count() < goal) throw new Error(`${count()} of ${goal} answered with 200`);
      }, 60_000);
    },
    async stop() {
      isStopped = true;
      resumed.emit('resume');
      await senders;
    },
  };
}

async function isListening(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

function largeFile(): SimulatedAttachment {
  return { bytes: randomBytes(LARGE_BYTES), contentType: 'application/octet-stream' };
}
