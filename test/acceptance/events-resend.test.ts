import { expect, test } from 'vitest';
import { MODERATOR_VIEW } from '../../src/events/stream/event-view.ts';
import type { Event } from '../../src/generated/prisma/client.ts';
import { addEndpoint, deliveriesTo, inboxWithReceiver } from '../support/events.ts';
import { eventually } from '../support/test-inbox.ts';

const both = inboxWithReceiver({ EVENT_RETRY_SECONDS: '1,60' });
const ENDPOINTS = '/api/v1/endpoints';

test('a test event is signed, sent to one endpoint whatever its types, and listed', async () => {
  const { inbox, receiver } = both;
  const { body: other } = await inbox
    .api('post', ENDPOINTS)
    .send({ url: 'https://203.0.114.1/hook' })
    .expect(201);
  const { id } = await addEndpoint(inbox, receiver, { types: ['media.failed'] });
  const { body: item } = await inbox.api('post', `${ENDPOINTS}/${id}/test`).expect(202);
  expect(item).toMatchObject({
    endpointId: id,
    type: 'endpoint.test',
    messageSid: null,
    mediaSid: null,
    state: 'pending',
  });
  await eventually(async () => {
    expect(await deliveriesTo(inbox, id)).toMatchObject([{ id: item.id, state: 'delivered' }]);
  });
  expect(receiver.accepted).toMatchObject([
    {
      id: item.eventId,
      type: 'endpoint.test',
      data: { endpointId: id, requestedBy: 'ADMIN_API_KEY' },
    },
  ]);
  expect(receiver.refused).toBe(0);
  expect(await deliveriesTo(inbox, other.id)).toEqual([]);
  await inbox.api('delete', `${ENDPOINTS}/${other.id}`).expect(204);
  const { body } = await inbox.api('get', `/api/v1/audit?target=${id}&action=endpoint.test`);
  expect(body.items).toMatchObject([{ actor: 'ADMIN_API_KEY' }]);
});

test('a failed test does not hold up the next one; none is sent to a paused endpoint', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver);
  receiver.answer = () => ({ status: 500 });
  const sendTest = () => inbox.api('post', `${ENDPOINTS}/${id}/test`);
  await sendTest().expect(202);
  await eventually(async () => expect(receiver.received.length).toBeGreaterThan(0));
  receiver.answer = () => ({ status: 204 });
  const { body: second } = await sendTest().expect(202);
  await eventually(async () => {
    expect(receiver.accepted.map((event) => event.id)).toContain(second.eventId);
  });
  await inbox.api('patch', `${ENDPOINTS}/${id}`).send({ state: 'paused' }).expect(200);
  await sendTest().expect(409);
  await inbox.api('post', `${ENDPOINTS}/${id}/resend`).send({ since: '2026-01-01' }).expect(409);
  await inbox.api('post', `${ENDPOINTS}/ep_${'0'.repeat(24)}/test`).expect(404);
});

test('a test event is in no stream, and cannot be chosen as a type', async () => {
  const { inbox } = both;
  await inbox
    .api('post', ENDPOINTS)
    .send({ url: 'https://203.0.114.1/hook', types: ['endpoint.test'] })
    .expect(400);
  expect(MODERATOR_VIEW.types).not.toContain('endpoint.test');
  expect(await MODERATOR_VIEW.filter([{ type: 'endpoint.test' } as Event])).toEqual([null]);
});

test('the events of a range are counted, and sent again with their ids', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver);
  const resend = (body: object) => inbox.api('post', `${ENDPOINTS}/${id}/resend`).send(body);
  const sids: string[] = [];
  for (let n = 0; n < 4; n += 1) {
    sids.push((await inbox.receive({ attachments: [] })).message.sid);
    await eventually(async () => {
      const delivered = await deliveriesTo(inbox, id, '?state=delivered');
      expect(delivered).toHaveLength(n + 1);
    });
  }
  await inbox.api('post', `${ENDPOINTS}/${id}/test`).expect(202);
  await eventually(async () => expect(receiver.accepted).toHaveLength(5));
  const listed = await deliveriesTo(inbox, id);
  const [first, second, , fourth] = listed;
  const count = async (body: object) =>
    (await resend({ ...body, dryRun: true }).expect(200)).body.count;
  expect(await count({ since: '2020-01-01' })).toBe(4);
  expect(await count({ since: second?.createdAt })).toBe(3);
  expect(await count({ since: second?.createdAt, until: fourth?.createdAt })).toBe(2);
  expect(await count({ since: '2020-01-01', until: first?.createdAt })).toBe(0);
  expect(await count({ since: '2020-01-01', types: ['media.stored'] })).toBe(0);
  expect(await count({ since: '2020-01-01', types: ['message.received'] })).toBe(4);
  expect(await count({ since: '2020-01-01', state: 'failed' })).toBe(0);
  expect(await count({ since: '2020-01-01', state: 'delivered' })).toBe(4);
  await resend({ since: '2026-01-02', until: '2026-01-01' }).expect(400);
  await resend({}).expect(400);

  receiver.accepted.length = 0;
  const { body } = await resend({ since: second?.createdAt }).expect(202);
  expect(body).toEqual({ count: 3, dryRun: false });
  await eventually(async () => {
    const resent = receiver.accepted.map(({ data }) => data.messageSid);
    expect(resent.toSorted()).toEqual(sids.slice(1).toSorted());
  });
  expect(new Set(receiver.accepted.map((event) => event.id))).toEqual(
    new Set(listed.slice(1, 4).map(({ eventId }) => eventId)),
  );
  const { body: audit } = await inbox.api(
    'get',
    `/api/v1/audit?target=${id}&action=endpoint.resend`,
  );
  expect(audit.items).toMatchObject([{ actor: 'ADMIN_API_KEY', after: { count: 3 } }]);
});
