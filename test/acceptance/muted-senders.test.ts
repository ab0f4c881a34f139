import { afterAll, beforeAll, expect, test } from 'vitest';
import { followEvents } from '../support/event-stream.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

let seed = 0;
async function receive(from: string) {
  seed += 1;
  const attachments = [{ bytes: await smallPicture(seed), contentType: 'image/png' }];
  const { message } = await inbox.receive({ from, attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return { messageSid: message.sid, mediaSid: String(media?.sid) };
}

const decide = (address: string, change: object) =>
  inbox
    .api('put', '/api/v1/senders')
    .send({ address, ...change })
    .expect(200);

test.each(['delete', 'erase'])(
  'a muted sender is not told of by a %s that takes the number away',
  async (how) => {
    const address = how === 'delete' ? '+15550005001' : '+15550005002';
    const before = await receive(address);
    await decide(address, { muted: true });
    const reader = await followEvents(inbox, { lastEventId: 'evt_0' });
    const { messageSid } = await receive(address);
    if (how === 'delete') {
      const path = `/api/v1/media/${before.mediaSid}?scope=sender&message=true`;
      await inbox.api('delete', path).expect(204);
    } else {
      await inbox.api('post', '/api/v1/senders/erasures').send({ address }).expect(202);
    }
    const { body } = await inbox.api('get', '/api/v1/deletions').expect(200);
    await eventually(async () => {
      const completed = reader.events.filter(({ type }) => type === 'deletion.completed');
      expect(completed).toHaveLength(body.items.length);
    });
    const toldOf = (sid: string) =>
      reader.events
        .filter(({ data }) => JSON.stringify(data).includes(sid))
        .map(({ type }) => type);
    expect(toldOf(messageSid)).toEqual([]);
    expect(toldOf(before.messageSid)).toEqual(['message.received', 'media.stored']);
  },
);
