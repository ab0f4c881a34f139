import { expect, test } from 'vitest';
import { addEndpoint, deliveriesTo, inboxWithReceiver } from '../support/events.ts';
import { note } from '../support/reconciliation.ts';
import { eventually } from '../support/test-inbox.ts';

const both = inboxWithReceiver({ EVENT_RETRY_SECONDS: '1,1,1,1' });

test('what was on its way when the inbox stopped arrives after its restart', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver);
  receiver.answer = () => 'hang';
  const first = await inbox.receive({ attachments: [note()] });
  await eventually(async () => expect(receiver.received.length).toBeGreaterThan(0));
  // Written, and not published any more.
  const last = await inbox.receive({ attachments: [] });
  await inbox.restart();
  receiver.answer = () => ({ status: 200 });
  await inbox.mediaOf(first.message.sid, 'stored');
  await eventually(async () => {
    const told = receiver.accepted.map(({ type, data }) => [type, data.messageSid]);
    expect(told).toHaveLength(3);
    expect(told).toEqual(
      expect.arrayContaining([
        ['message.received', first.message.sid],
        ['media.stored', first.message.sid],
        ['message.received', last.message.sid],
      ]),
    );
  });
  const cut = receiver.received[0]?.id;
  expect(
    receiver.accepted.map((event) => event.id),
    'sent again under its id',
  ).toContain(cut);
  await eventually(async () => {
    const deliveries = await deliveriesTo(inbox, id);
    expect(deliveries.map(({ state }) => state)).toEqual(Array(3).fill('delivered'));
  });
});
