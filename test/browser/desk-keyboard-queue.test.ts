import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import { auditOf } from '../support/deletion-record.ts';
import {
  claimedSids,
  createModerator,
  type Moderator,
  moderationOf,
  nextShown,
  openDesk,
  queuedSids,
  reportPictures,
} from '../support/desk-page.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const COUNT = 50;
const FROM = '+15550005050';
const QUERY = `from=${encodeURIComponent(FROM)}`;

let inbox: TestInbox;
let browser: Browser;
let ada: Moderator;
let bob: Moderator;
beforeAll(async () => {
  inbox = await startTestInbox();
  browser = await startBrowser();
  ada = await createModerator(inbox, 'ada');
  bob = await createModerator(inbox, 'bob');
});
afterAll(async () => {
  await browser.close();
  await inbox.stop();
});

const LEAVES = {
  approve: 'visible',
  hold: 'held',
  quarantine: 'quarantined',
  delete: 'deleted',
} as const;
type Act = keyof typeof LEAVES;
/** What was decided; undefined: somebody still has to. */
type Step = (page: Page, sid: string) => Promise<Act | undefined>;

const press =
  (key: string, act?: Act): Step =>
  async (page) => {
    await page.keyboard.press(key);
    return act;
  };

const quarantine = press('q', 'quarantine');

/** In turns. */
const STEPS: Step[] = [
  press('a', 'approve'),
  quarantine,
  press('h', 'hold'),
  press('Delete', 'delete'),
  press('s'),
  async (page, sid) => {
    await page.keyboard.press('a');
    const other = await nextShown(page, sid);
    await page.keyboard.press('u');
    expect(await nextShown(page, other)).toBe(sid);
    return quarantine(page, sid);
  },
  press('w', 'delete'),
  async (page, sid) => {
    await page.keyboard.press('p');
    await page.getByRole('dialog', { name: 'Block picture' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('Blocked.', { exact: true }).last().waitFor();
    return quarantine(page, sid);
  },
  async (page) => {
    await page.keyboard.press('e');
    await page.getByLabel('Why should somebody else decide?').fill('is this a known case?');
    await page.keyboard.press('Enter');
    return undefined;
  },
  async (page, sid) => {
    await page.keyboard.press('b');
    await page.getByText('Sender blocked.').last().waitFor();
    return quarantine(page, sid);
  },
  press('Backspace', 'delete'),
  press('n'),
];

test(`a queue of ${COUNT} is worked off by keyboard alone`, async () => {
  const sids = await reportPictures(inbox, COUNT, { from: FROM });
  const expected = new Map<string, { act: Act; by: string }>();
  const seen = new Set<string>();
  const first = await openDesk(browser, inbox, ada, { path: `/desk/reported?${QUERY}` });
  let shown = await nextShown(first.page, null);
  for (let index = 0; shown !== null; ) {
    const sid: string = shown;
    // What was passed by comes again at the end.
    const step = seen.has(sid) ? quarantine : (STEPS[index++ % STEPS.length] ?? quarantine);
    seen.add(sid);
    const act = await step(first.page, sid);
    if (act !== undefined) expected.set(sid, { act, by: 'ada' });
    shown = await nextShown(first.page, sid);
  }
  expect([...seen].toSorted()).toEqual(sids.toSorted());
  await first.checkQuiet();
  await first.close();

  // What was skipped or escalated is somebody else's.
  const left = { reported: 0, escalated: 0 };
  for (const queue of ['reported', 'escalated'] as const) {
    const { page, checkQuiet, close } = await openDesk(browser, inbox, bob, {
      path: `/desk/${queue}?${QUERY}`,
    });
    for (shown = await nextShown(page, null); shown !== null; left[queue] += 1) {
      const sid: string = shown;
      await page.keyboard.press('a');
      expected.set(sid, { act: 'approve', by: 'bob' });
      shown = await nextShown(page, sid);
    }
    await checkQuiet();
    await close();
  }
  expect(left).toEqual({ reported: 4, escalated: 4 });

  const done = await eventually(async () => {
    const acts = [...(await ada.acts()), ...(await bob.acts())];
    const sent = acts.filter(({ state }) => state !== 'cancelled');
    expect(new Set(sent.map(({ state }) => state))).toEqual(new Set(['done']));
    // A block decides about no attachment.
    return sent.filter(({ act }) => !act.startsWith('block'));
  });
  expect(done).toHaveLength(COUNT);
  const decided = done.map(
    ({ mediaSid, act, requestedBy: by }) => [mediaSid, { act, by }] as const,
  );
  expect(new Map(decided)).toEqual(expected);
  for (const [sid, { act, by }] of expected) {
    expect([sid, await moderationOf(inbox, sid)]).toEqual([sid, LEAVES[act]]);
    const entries: { action: string; actor: string }[] = await auditOf(inbox, `target=${sid}`);
    const decisions = entries.filter(({ action }) =>
      /\.(approve|hold|quarantine|delete)$/.test(action),
    );
    expect(decisions).toMatchObject([{ action: `media.${act}`, actor: by }]);
  }
  for (const queue of ['reported', 'escalated']) {
    expect(await queuedSids(inbox, queue, FROM)).toEqual([]);
  }
  expect(await claimedSids(inbox)).toEqual([]);
  const { body } = await inbox.api('get', `/api/v1/senders?address=${encodeURIComponent(FROM)}`);
  expect(body.items[0].policy).toBe('refuse');
}, 300_000);
