import { EventEmitter, once } from 'node:events';
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
  /** Sets the target from now on; null pauses the senders. */
  aim(url: string | null): void;
  /** Resolves when `count` more messages have been answered with 200. */
  acknowledged(count: number): Promise<void>;
  stop(): Promise<void>;
}

const SENDERS = 4;
// These files repeat; every note is unique.
const SHARED: SampleName[] = ['landscape', 'badge', 'orbit', 'contact'];

/**
 * Delivers messages with one or two attachments; each sender sends the next as soon as the last is answered.
 * Messages without an answer are not sent again.
 */
export async function startWebhookLoad(
  twilio: TwilioSimulator,
  random: SampleRandom,
): Promise<WebhookLoad> {
  const shared = await Promise.all(SHARED.map((name) => sampleAttachment(name)));
  const delivered: Delivered[] = [];
  let url: string | null = null;
  let isStopped = false;
  const resumed = new EventEmitter();

  async function pickAttachments(): Promise<SimulatedAttachment[]> {
    const known = () => random.pick(shared as [SimulatedAttachment, ...SimulatedAttachment[]]);
    const kind = random.between(0, 4);
    if (kind < 2) return [known()];
    return [known(), kind < 3 ? known() : await sampleAttachment('note', delivered.length)];
  }

  async function send(): Promise<void> {
    while (!isStopped) {
      if (url === null) {
        await once(resumed, 'resume');
        continue;
      }
      const attachments = await pickAttachments();
      const message = twilio.createMessage({ attachments });
      const entry = { message, isAcknowledged: false, milliseconds: 0 };
      delivered.push(entry);
      const target = url;
      const { status, milliseconds } = await twilio.deliver(message, {
        url: `${target}/twilio/incoming`,
      });
      entry.isAcknowledged = status === 200;
      entry.milliseconds = milliseconds;
      // Pauses, because requests to a closed port are not load.
      if (status === null && url === target) aim(null);
    }
  }

  const aim = (next: string | null) => {
    url = next;
    if (next !== null) resumed.emit('resume');
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
