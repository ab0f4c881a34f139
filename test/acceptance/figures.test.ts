import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { components } from '../../src/client/api-types.d.ts';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import { bulk, undoBulk } from '../support/bulk.ts';
import { type CallAs, callAs } from '../support/call-as.ts';
import { startClassifier, type TestClassifier } from '../support/classifier.ts';
import { alteredPicture, tellingPicture } from '../support/distinct-picture.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

type Figures = components['schemas']['Figures'];

let classifier: TestClassifier;
let inbox: TestInbox;
let ada: CallAs;
let bob: CallAs;
beforeAll(async () => {
  classifier = await startClassifier();
  inbox = await startTestInbox({ SCAN_URL: classifier.url });
  ada = await callAs(inbox, 'moderator', 'ada');
  bob = await callAs(inbox, 'moderator', 'bob');
});
afterAll(async () => {
  await inbox.stop();
  await classifier.stop();
});

let seed = 0;
/** @param action of the classifier, about a picture that it has not seen */
async function receive(action: string, picture?: Buffer): Promise<string> {
  classifier.answer({ action });
  seed += 1;
  const attachments = [{ bytes: picture ?? (await smallPicture(seed)), contentType: 'image/png' }];
  const { message } = await inbox.receive({ attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return (media as MediaItem).sid;
}
const decide = (call: CallAs, sid: string, decision: string, more: object = {}) =>
  call('post', `/api/v1/media/${sid}/decision`)
    .send({ decision, ...more })
    .expect(200);
const remove = (call: CallAs, sid: string) => call('delete', `/api/v1/media/${sid}`).expect(204);

/** A result that a busy machine has read slowly is shared for long. */
const SHARED_MS = 120_000;
vi.setConfig({ testTimeout: SHARED_MS + 30_000 });

/** The figures once these are in them: a result is shared for a moment. */
function figuresWith(expected: object): Promise<Figures> {
  return eventually(async () => {
    const { body } = await ada('get', '/api/v1/figures').expect(200);
    expect(body).toMatchObject(expected);
    return body;
  }, SHARED_MS);
}

test('nothing yet: 24 hours, and every queue', async () => {
  const { body } = await ada('get', '/api/v1/figures').expect(200);
  const figures: Figures = body;
  expect(figures.queues.map(({ name }) => name)).toEqual([
    ...['held', 'quarantined', 'reported', 'failed', 'escalated'],
  ]);
  expect(figures.hours).toHaveLength(24);
  expect(figures.hours[0]?.at).toBe(figures.since);
  const last = Date.parse(String(figures.hours.at(-1)?.at));
  expect(Math.abs(Date.now() - last)).toBeLessThan(2 * 3_600_000);
  const none = { agreed: 0, disagreed: 0 };
  expect(figures).toMatchObject({
    moderators: [],
    overturned: { ofPeople: 0, ofRules: 0 },
    agreement: { classifier: none, lookAlikes: none },
  });
});

test('who has decided what, what was overturned, and how often the classifier was right', async () => {
  // Held, and so nothing that anybody could overturn.
  const held = await receive('allow');
  await decide(ada, held, 'hold');
  await decide(bob, held, 'approve');
  // Overturned by another person, and by the same one.
  await decide(ada, held, 'quarantine');
  await decide(ada, held, 'approve');
  await decide(bob, held, 'quarantine');
  // The classifier was right, and wrong.
  const right = await receive('quarantine');
  await decide(ada, right, 'quarantine');
  const wrong = await receive('quarantine');
  await decide(ada, wrong, 'approve', { reason: 'an appeal' });
  const missed = await receive('allow');
  await remove(bob, missed);
  const figures = await figuresWith({
    moderators: [
      { name: 'ada', approve: 2, hold: 1, quarantine: 2, delete: 0 },
      { name: 'bob', approve: 1, hold: 0, quarantine: 1, delete: 1 },
    ],
    // Ada's quarantine of what bob approved, and bob's of what she approved in the end.
    overturned: { ofPeople: 2, ofRules: 1 },
    agreement: { classifier: { agreed: 3, disagreed: 4 } },
  });
  const total = (field: 'approve' | 'hold' | 'quarantine' | 'delete') =>
    figures.hours.reduce((sum, hour) => sum + hour[field], 0);
  expect(
    ['approve', 'hold', 'quarantine', 'delete'].map((field) => total(field as 'hold')),
  ).toEqual([3, 1, 3, 1]);
  const { body: story } = await ada('get', `/api/v1/media/${wrong}/story`).expect(200);
  expect(story.items.at(-1)).toMatchObject({
    ...{ kind: 'media.approve', by: 'ada', reason: 'an appeal', after: { moderation: 'visible' } },
    before: {
      ...{ moderation: 'quarantined', decidedBy: 'system:scan', reasonCode: 'scan' },
      verdict: 'quarantine',
    },
  });
});

test('whether what looked like a blocked picture was one', async () => {
  const picture = await tellingPicture(1);
  const blocked = await receive('allow', picture);
  await ada('post', `/api/v1/media/${blocked}/block`).send({}).expect(200);
  const again = await receive('allow', picture);
  const [jpeg, webp, png] = await Promise.all(
    (['jpeg', 'webp', 'png'] as const).map((format) => alteredPicture(picture, format)),
  );
  await decide(ada, await receive('allow', jpeg), 'quarantine');
  await remove(bob, await receive('allow', webp));
  await decide(ada, await receive('allow', png), 'approve');
  // The same bytes do not only look alike.
  await decide(ada, again, 'approve');
  await figuresWith({
    overturned: { ofPeople: 2, ofRules: 3 },
    agreement: { lookAlikes: { agreed: 2, disagreed: 1 } },
  });
});

test('an undo of a bulk decision is no decision of whoever undoes it', async () => {
  const sids = [await receive('allow'), await receive('allow')];
  const before = await figuresWith({});
  const of = (figures: Figures, wanted: string) =>
    figures.moderators.find(({ name }) => name === wanted);
  await bulk(ada, { action: 'approve', sids: [await receive('quarantine')] });
  const act = await bulk(ada, { action: 'quarantine', sids });
  await undoBulk(bob, act.id);
  // A decision after it: once it is counted, so would the undo be.
  await decide(ada, await receive('allow'), 'hold');
  const ofAda = of(before, 'ada');
  const after = await figuresWith({
    moderators: expect.arrayContaining([
      {
        name: 'ada',
        approve: Number(ofAda?.approve) + 1,
        hold: Number(ofAda?.hold) + 1,
        quarantine: Number(ofAda?.quarantine) + 2,
        delete: ofAda?.delete,
      },
    ]),
  });
  expect(of(after, 'bob')).toEqual(of(before, 'bob'));
  expect(after.overturned).toEqual({
    ofPeople: before.overturned.ofPeople,
    ofRules: before.overturned.ofRules + 1,
  });
});
