import { type PreparedMessage, type SentMessage, sendAll, sendSteadily } from './message-sender.ts';
import { ACCOUNT, type PipelineServer } from './pipeline-server.ts';
import { type MemoryPeaks, watchMemory } from './process-memory.ts';
import { quantile } from './statistics.ts';
import { untilOneIsStored, untilStored } from './stored-media.ts';
import { startWebhookStream } from './webhook-stream.ts';

/** In milliseconds. */
export interface Waits {
  p50: number;
  p99: number;
  max: number;
}

const ALONE = 30;

/** From webhook to stored, of messages that are sent one after another, each when the last is stored. */
export async function waitAlone(server: PipelineServer, attachments: number): Promise<Waits> {
  const waits: number[] = [];
  for (const send of server.sender.prepare(ALONE, attachments)) {
    const sent = await send();
    waits.push((await untilOneIsStored(server, sent)) - sent.sentAt);
  }
  return summary(waits);
}

/** From webhook to stored, of messages that are sent at a steady pace. @param perSecond messages */
export async function waitAtPace(
  server: PipelineServer,
  messages: number,
  attachments: number,
  perSecond: number,
): Promise<Waits> {
  const prepared = server.sender.prepare(messages, attachments);
  const sent = await sendSteadily(prepared, 1000 / perSecond);
  return summary(await waitsOf(server, sent));
}

/** The webhook's answers, ten a second, and memory while as many attachments as fit are worked on. */
export async function watchBusyServer(
  server: PipelineServer,
  messages: number,
  attachments: number,
): Promise<{ answers: Waits; memory: MemoryPeaks }> {
  const memory = watchMemory(server.pid);
  const stream = startWebhookStream({ ...ACCOUNT, baseUrl: server.url });
  try {
    const sent = await sendAll(server.sender.prepare(messages, attachments));
    const begun = performance.now();
    await untilStored(server, sent);
    const answers = await stream.waitsSince(begun);
    return { answers: summary(answers), memory: memory.stop() };
  } finally {
    memory.stop();
    await stream.stop();
  }
}

const FLOOD = { messages: 100, attachments: 10 };
const FLOOD_SENDER = '+15550110001';
const OTHER_SENDER = '+15550110002';
const SINGLE_MESSAGES = 20;
// All are sent while the flood is worked on, though it may go faster than before.
const SHARE_OF_FLOOD = 0.6;

/**
 * From webhook to stored, of single messages of one sender while 1,000 attachments of another are worked on.
 *
 * @param perSecond attachments that the server stores
 * @throws Error when the flood was over before the last of them was sent
 */
export async function waitBesideFlood(server: PipelineServer, perSecond: number): Promise<Waits> {
  const prepare = server.sender.prepare;
  const flood = prepare(FLOOD.messages, FLOOD.attachments, FLOOD_SENDER);
  const singles: PreparedMessage[] = prepare(SINGLE_MESSAGES, 1, OTHER_SENDER);
  const floodMs = ((FLOOD.messages * FLOOD.attachments) / perSecond) * 1000;
  const flooding = await sendAll(flood);
  const sent = await sendSteadily(singles, (floodMs * SHARE_OF_FLOOD) / SINGLE_MESSAGES);
  const floodStored = await untilStored(server, flooding);
  const lastSent = Math.max(...sent.map(({ sentAt }) => sentAt));
  if (Math.max(...floodStored) < lastSent) throw new Error('the flood was over too early');
  return summary(await waitsOf(server, sent));
}

async function waitsOf(server: PipelineServer, sent: SentMessage[]): Promise<number[]> {
  const storedAt = await untilStored(server, sent);
  return sent.map(({ sentAt }, index) => (storedAt[index] ?? Number.NaN) - sentAt);
}

function summary(waits: readonly number[]): Waits {
  return { p50: quantile(waits, 0.5), p99: quantile(waits, 0.99), max: Math.max(...waits) };
}
