import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import twilio from 'twilio';

/** How long webhooks waited for their answers, in milliseconds, by when they were sent. */
export interface WebhookStream {
  /** Of those sent since, once all are answered. @throws Error when one was not answered 200 */
  waitsSince(time: number): Promise<number[]>;
  stop(): Promise<void>;
}

const EVERY_MS = 100;

/** Sends ten signed text messages a second, each new, whether or not the ones before were answered. */
export function startWebhookStream(to: {
  baseUrl: string;
  publicUrl: string;
  accountSid: string;
  authToken: string;
}): WebhookStream {
  const sent: { at: number; answer: Promise<number> }[] = [];
  let isStopped = false;
  const running = (async () => {
    while (!isStopped) {
      sent.push({ at: performance.now(), answer: send(to) });
      await setTimeout(EVERY_MS);
    }
  })();
  return {
    waitsSince: (time) =>
      Promise.all(sent.filter(({ at }) => at >= time).map(({ answer }) => answer)),
    async stop() {
      isStopped = true;
      await running;
      await Promise.allSettled(sent.map(({ answer }) => answer));
    },
  };
}

async function send(to: Parameters<typeof startWebhookStream>[0]): Promise<number> {
  const MessageSid = `SM${randomBytes(16).toString('hex')}`;
  const params = {
    MessageSid,
    SmsSid: MessageSid,
    AccountSid: to.accountSid,
    From: '+15550100001',
    To: '+15550109999',
    Body: 'A text for you',
    NumMedia: '0',
  };
  const url = `${to.publicUrl}/twilio/incoming`;
  const startedAt = performance.now();
  const response = await fetch(`${to.baseUrl}/twilio/incoming`, {
    method: 'POST',
    headers: { 'x-twilio-signature': twilio.getExpectedTwilioSignature(to.authToken, url, params) },
    body: new URLSearchParams(params),
  });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`a webhook was answered ${response.status}`);
  return performance.now() - startedAt;
}
