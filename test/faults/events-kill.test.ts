import { afterEach, beforeEach, expect, test } from 'vitest';
import { bodyOf, createApiClient } from '../../src/client/api-client.ts';
import {
  startTwilioSimulator,
  type TwilioSimulator,
} from '../../src/simulator/twilio-simulator.ts';
import { type EventReceiver, startEventReceiver } from '../support/event-receiver.ts';
import { inboxEnv } from '../support/inbox-env.ts';
import { type InboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { createTestDatabase, type TestDatabase } from '../support/test-database.ts';
import { ACCOUNT, ADMIN_KEY, eventually } from '../support/test-inbox.ts';

let twilio: TwilioSimulator;
let receiver: EventReceiver;
let database: TestDatabase;
let inbox: InboxProcess | undefined;
let env: Record<string, string>;
beforeEach(async () => {
  twilio = await startTwilioSimulator({ accounts: [ACCOUNT] });
  receiver = await startEventReceiver();
  database = await createTestDatabase();
  env = { ...inboxEnv(database), EVENT_HOSTS: receiver.hostPort };
});
afterEach(async () => {
  await inbox?.end('SIGKILL');
  await receiver.kill();
  await twilio.stop();
  await database.remove();
});

async function receive(): Promise<string> {
  const message = twilio.createMessage({ attachments: [] });
  const answer = await twilio.deliver(message, { url: `${inbox?.url}/twilio/incoming` });
  expect(answer.status).toBe(200);
  return message.sid;
}

test('kill -9 while an event is on its way: it comes again, and so does what was behind it', async () => {
  inbox = await startInboxProcess(env);
  const api = createApiClient(inbox.url, ADMIN_KEY);
  const body = { url: receiver.url };
  const { secret } = bodyOf(await api.POST('/api/v1/endpoints', { body }));
  receiver.secret = secret;
  receiver.answer = () => 'hang';
  const first = await receive();
  await eventually(async () => expect(receiver.received).toHaveLength(1));
  const last = await receive();
  await inbox.end('SIGKILL');

  receiver.answer = () => ({ status: 204 });
  inbox = await startInboxProcess(env);
  // What was being sent counts as such for 40 s.
  await eventually(async () => {
    const told = receiver.accepted.map(({ data }) => data.messageSid);
    expect(told.toSorted()).toEqual([first, last].toSorted());
  }, 90_000);
  expect(receiver.accepted.map(({ id }) => id)).toContain(receiver.received[0]?.id);
  expect(receiver.malformed).toEqual([]);
}, 180_000);
