import { Agent, request } from 'undici';
import { signedMessage } from './load.ts';
import { mediaSidOf } from './pipeline-pictures.ts';

/** A message whose webhook was answered 200. */
export interface SentMessage {
  mediaSids: string[];
  /** When the request was begun, in milliseconds since 1970. */
  sentAt: number;
  /** How long its answer took, in milliseconds. */
  answerMs: number;
}

/** A message that is signed, and sent later. */
export type PreparedMessage = () => Promise<SentMessage>;

/** Sends messages with attachments, of which no two have the same bytes. */
export interface MessageSender {
  /** Signs beforehand, so that the generator costs little while the server is measured. */
  prepare(amount: number, attachments: number, from?: string): PreparedMessage[];
  close(): Promise<void>;
}

const CONNECTIONS = 50;
const SENDERS = 1000;

/** @param baseUrl of the server; asked for each message, because a restart changes its port */
export function createMessageSender(
  to: { publicUrl: string; accountSid: string; authToken: string },
  baseUrl: () => string,
): MessageSender {
  const dispatcher = new Agent({ connections: CONNECTIONS });
  let sent = 0;
  let attached = 0;

  function prepareOne(attachments: number, from: string): PreparedMessage {
    const mediaSids = Array.from({ length: attachments }, () => mediaSidOf(attached++));
    const { headers, body } = signedMessage(to, { from, mediaSids });
    return async () => {
      const [sentAt, begun] = [Date.now(), performance.now()];
      const url = `${baseUrl()}/twilio/incoming`;
      const answer = await request(url, { dispatcher, method: 'POST', headers, body });
      await answer.body.dump();
      if (answer.statusCode !== 200) throw new Error(`a webhook was answered ${answer.statusCode}`);
      return { mediaSids, sentAt, answerMs: performance.now() - begun };
    };
  }

  return {
    prepare: (amount, attachments, from) =>
      Array.from({ length: amount }, () => {
        const number = String(sent++ % SENDERS).padStart(4, '0');
        return prepareOne(attachments, from ?? `+1555010${number}`);
      }),
    close: () => dispatcher.close(),
  };
}

/** Sends as fast as the answers come, over all connections. */
export async function sendAll(messages: readonly PreparedMessage[]): Promise<SentMessage[]> {
  const left = [...messages];
  const done: SentMessage[] = [];
  async function work(): Promise<void> {
    for (let send = left.shift(); send !== undefined; send = left.shift()) done.push(await send());
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, work));
  return done;
}

/** Sends one every so many milliseconds, whether or not the ones before were answered. */
export async function sendSteadily(
  messages: readonly PreparedMessage[],
  everyMs: number,
): Promise<SentMessage[]> {
  const begun = performance.now();
  const answers: Promise<SentMessage>[] = [];
  for (const [index, send] of messages.entries()) {
    const wait = begun + index * everyMs - performance.now();
    if (wait > 0) await new Promise((resume) => setTimeout(resume, wait));
    const answer = send();
    // Awaited below; until then a failure must not end the process.
    answer.catch(() => undefined);
    answers.push(answer);
  }
  return Promise.all(answers);
}
