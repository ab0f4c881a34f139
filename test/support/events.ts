import { afterAll, beforeAll, expect, onTestFinished, vi } from 'vitest';
import type { DeliveryItem } from '../../src/events/deliveries/delivery-operations.ts';
import type { EndpointItem } from '../../src/events/endpoints/endpoints-operations.ts';
import { type EventReceiver, startEventReceiver } from './event-receiver.ts';
import { startTestInbox, type TestInbox } from './test-inbox.ts';

/** An inbox for a test file, and a receiver that it may send events to. */
export function inboxWithReceiver(env: Record<string, string> = {}): {
  inbox: TestInbox;
  receiver: EventReceiver;
} {
  // Retries and restarts take seconds, on a busy machine many.
  vi.setConfig({ testTimeout: 90_000 });
  const both = {} as { inbox: TestInbox; receiver: EventReceiver };
  beforeAll(async () => {
    both.receiver = await startEventReceiver();
    both.inbox = await startTestInbox({ EVENT_HOSTS: both.receiver.hostPort, ...env });
  });
  afterAll(async () => {
    await both.inbox.stop();
    await both.receiver.kill();
    expect(both.receiver.malformed).toEqual([]);
  });
  return both;
}

/**
 * Creates an endpoint for the duration of a test; the receiver is reset, and verifies with its secret
 * from now on.
 */
export async function addEndpoint(
  inbox: TestInbox,
  receiver: EventReceiver,
  settings: object = {},
): Promise<EndpointItem> {
  const { body } = await inbox
    .api('post', '/api/v1/endpoints')
    .send({ url: receiver.url, ...settings })
    .expect(201);
  Object.assign(receiver, { secret: body.secret, received: [], accepted: [], refused: 0 });
  receiver.answer = () => ({ status: 204 });
  onTestFinished(async () => {
    await inbox.api('delete', `/api/v1/endpoints/${body.id}`);
  });
  return body;
}

export async function endpointOf(inbox: TestInbox, id: string): Promise<EndpointItem> {
  return (await inbox.api('get', `/api/v1/endpoints/${id}`).expect(200)).body;
}

/** Deliveries to an endpoint, in the order of the events. */
export async function deliveriesTo(
  inbox: TestInbox,
  endpointId: string,
  query = '',
): Promise<DeliveryItem[]> {
  const path = `/api/v1/endpoints/${endpointId}/deliveries${query}`;
  return (await inbox.api('get', path).expect(200)).body.items.toReversed();
}
