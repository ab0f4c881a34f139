import { onTestFinished } from 'vitest';
import type { DeliveryItem } from '../../src/events/deliveries/delivery-item.ts';
import type { EndpointItem } from '../../src/events/endpoints/endpoint-item.ts';
import { type EventReceiver, startEventReceiver } from './event-receiver.ts';
import { startTestInbox, type TestInbox } from './test-inbox.ts';

/** An inbox and a receiver that it may send events to, until the test is over. */
export async function startWithReceiver(
  env: Record<string, string> = {},
): Promise<{ inbox: TestInbox; receiver: EventReceiver }> {
  const receiver = await startEventReceiver();
  const inbox = await startTestInbox({ EVENT_HOSTS: receiver.hostPort, ...env });
  onTestFinished(async () => {
    await inbox.stop();
    await receiver.kill();
  });
  return { inbox, receiver };
}

/** Makes an endpoint; the receiver checks with its secret from now on. */
export async function addEndpoint(
  inbox: TestInbox,
  receiver: EventReceiver,
  settings: object = {},
): Promise<EndpointItem> {
  const { body } = await inbox
    .api('post', '/api/v1/endpoints')
    .send({ url: receiver.url, ...settings })
    .expect(201);
  receiver.secret = body.secret;
  return body;
}

export async function endpointOf(inbox: TestInbox, id: string): Promise<EndpointItem> {
  return (await inbox.api('get', `/api/v1/endpoints/${id}`).expect(200)).body;
}

/** What was sent to an endpoint, in the order of the events. */
export async function deliveriesTo(
  inbox: TestInbox,
  endpointId: string,
  query = '',
): Promise<DeliveryItem[]> {
  const path = `/api/v1/endpoints/${endpointId}/deliveries${query}`;
  return (await inbox.api('get', path).expect(200)).body.items.toReversed();
}
