import { expect, it } from 'vitest';
import { ACCOUNT, call, startSimulator } from '../../support/test-simulator.ts';

const LIST = `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages.json`;

it('lists fail as they are told to, in order, and then work', async () => {
  const simulator = await startSimulator();
  simulator.listFaults.letPass(1);
  simulator.listFaults.add(
    { kind: 'status', status: 429, retryAfterSeconds: 3, times: 1 },
    { kind: 'hang-up', times: 1 },
  );
  const list = () => call(simulator.apiBaseUrl + LIST);
  expect((await list()).status).toBe(200);
  const limited = await list();
  expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '3']);
  expect(await limited.json()).toMatchObject({ code: 20429, status: 429 });
  await expect(list()).rejects.toThrow();
  expect((await list()).status).toBe(200);
});

it('lists outbound messages, which have no webhook', async () => {
  const simulator = await startSimulator();
  const message = simulator.createMessage({ direction: 'outbound-api', attachments: [] });
  const { messages } = await (await call(simulator.apiBaseUrl + LIST)).json();
  expect(messages).toMatchObject([{ direction: 'outbound-api', status: 'delivered' }]);
  const delivery = simulator.deliver(message, { url: 'http://127.0.0.1:9/twilio/incoming' });
  await expect(delivery).rejects.toThrow(TypeError);
});

it('messages are dated as they were sent, and made in that order', async () => {
  const simulator = await startSimulator();
  const sentAt = new Date('2026-01-31T10:00:00Z');
  simulator.createMessage({ sentAt, attachments: [] });
  const { messages } = await (
    await call(`${simulator.apiBaseUrl}${LIST}?DateSent=2026-01-31`)
  ).json();
  expect(messages).toMatchObject([{ date_sent: 'Sat, 31 Jan 2026 10:00:00 +0000' }]);
  const earlier = new Date('2026-01-30');
  expect(() => simulator.createMessage({ sentAt: earlier, attachments: [] })).toThrow(RangeError);
});
