import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startBrowser } from '../support/browser.ts';
import {
  claimedSids,
  createModerator,
  holdPictures,
  type Moderator,
  nextShown,
  openDesk,
  queuedSids,
  shownSid,
} from '../support/desk-page.ts';
import { endSessionsAt } from '../support/gallery-page.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const AT_ONCE = 200;
const CLAIM_SECONDS = 4;

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

let n = 0;
let from: string;
let path: string;
/** What the test has put into the queue. */
let sids: string[];
beforeEach(async ({ task }) => {
  n += 1;
  from = `+1555100${1000 + n}`;
  path = `/desk/held?from=${encodeURIComponent(from)}`;
  sids = await holdPictures(inbox, task.name.includes('at once') ? AT_ONCE : 2, { from });
});

/** Which of them somebody has. A context that is closed at the end of a test gives nothing back. */
const claimIs = (...expected: (string | null)[]) =>
  eventually(async () => {
    const claimed = await claimedSids(inbox);
    expect(claimed.filter((sid) => sids.includes(sid))).toEqual(expected);
  });

/** What the audit log has of the attachments of the test: each approval with its author. */
async function auditedSids() {
  const entries: { target: string; actor: string }[] = [];
  for (let cursor = ''; ; ) {
    const path = `/api/v1/audit?action=media.approve&limit=200${cursor}`;
    const { body } = await inbox.api('get', path).expect(200);
    entries.push(...body.items);
    if (body.nextCursor === null) break;
    cursor = `&cursor=${body.nextCursor}`;
  }
  return entries
    .filter(({ target }) => sids.includes(target))
    .map(({ target: sid, actor }) => ({ sid, actor }));
}

/**
 * Approves all that is offered.
 *
 * @param first what is shown already
 */
async function workOff(page: Page, first: string | null): Promise<void> {
  for (let shown = first; shown !== null; ) {
    await page.keyboard.press('a');
    shown = await nextShown(page, shown);
  }
}

test('two moderators at once: nobody gets what the other one has, each is decided once', async () => {
  const both = await Promise.all([
    openDesk(browser, inbox, ada, { path }),
    openDesk(browser, inbox, bob, { path }),
  ]);
  const first = await Promise.all(both.map(({ page }) => nextShown(page, null)));
  await Promise.all(both.map(({ page }, index) => workOff(page, first[index] ?? null)));
  await eventually(async () => expect(await auditedSids()).toHaveLength(AT_ONCE));
  const audited = await auditedSids();
  expect(audited.map(({ sid }) => sid).toSorted()).toEqual(sids.toSorted());
  expect(new Set(audited.map(({ actor }) => actor))).toEqual(new Set(['ada', 'bob']));
  expect(await queuedSids(inbox, 'held', from)).toEqual([]);
  expect(await claimedSids(inbox)).toEqual([]);
  for (const { checkQuiet, close } of both) {
    await checkQuiet();
    await close();
  }
}, 300_000);

test('who else works on the queue is shown', async () => {
  const first = await openDesk(browser, inbox, ada, { path });
  await nextShown(first.page, null);
  const second = await openDesk(browser, inbox, bob, { path });
  await second.page.getByText('also here: ada').waitFor();
  await first.close();
  await second.close();
});

test('a claim ends with leaving: for the list, another page, a closed tab', async () => {
  const { page, context, checkQuiet, close } = await openDesk(browser, inbox, ada, { path });
  const claimed = await nextShown(page, null);
  await claimIs(claimed);
  await page.keyboard.press('Escape');
  await claimIs();
  await checkQuiet();
  await page.goto(inbox.url + path);
  await claimIs(await nextShown(page, null));
  await page.goto('about:blank');
  await claimIs();
  const tab = await context.newPage();
  await tab.goto(inbox.url + path);
  await claimIs(await nextShown(tab, null));
  await tab.close({ runBeforeUnload: true });
  await claimIs();
  await close();
});

test('a claim ends with signing out', async () => {
  const { page, close } = await openDesk(browser, inbox, ada, { path });
  await claimIs(await nextShown(page, null));
  await page.getByRole('button', { name: 'Account' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByLabel('API key').waitFor();
  await claimIs();
  await close();
});

test.each([-3, 3])(
  'the clock of the browser is %d hours wrong: nothing depends on it',
  async (hours) => {
    const { page, context, checkQuiet, close } = await openDesk(browser, inbox, ada, {
      path: '/desk',
    });
    await context.addInitScript(shiftClock, hours * 3_600_000);
    await page.goto(inbox.url + path);
    const claimed = await nextShown(page, null);
    await page.getByText(/longest wait (under a minute|\d+ minutes?)$/).waitFor();
    await page.keyboard.press('q');
    const next = await nextShown(page, claimed);
    await page.keyboard.press('u');
    expect(await nextShown(page, next)).toBe(claimed);
    await claimIs(claimed);
    await page.keyboard.press('q');
    await nextShown(page, claimed);
    await eventually(async () => expect((await ada.acts()).at(-1)?.state).toBe('done'));
    // It can no longer be taken back.
    await page.locator('.command-undo:disabled').waitFor();
    await checkQuiet();
    await close();
  },
);

/** Runs in the page, before its own scripts. */
function shiftClock(offset: number): void {
  const RealDate = Date;
  const now = () => RealDate.now() + offset;
  class ShiftedDate extends RealDate {
    constructor(...time: [string | number] | []) {
      if (time.length === 0) super(now());
      else super(...time);
    }
    static override now = now;
  }
  window.Date = ShiftedDate as DateConstructor;
}

test('what somebody else decides meanwhile is said, and one goes on', async () => {
  const { page, close } = await openDesk(browser, inbox, ada, { path });
  const claimed = await nextShown(page, null);
  const decision = { decision: 'approve' };
  await bob.call('post', `/api/v1/media/${claimed}/decision`).send(decision).expect(200);
  await page.getByRole('heading', { name: 'Decided meanwhile by bob' }).waitFor();
  await page.keyboard.press('n');
  expect(await nextShown(page, claimed)).toBe(sids.find((sid) => sid !== claimed));
  await close();
});

test('a session that is revoked: one signs in again, and the decision is made', async () => {
  const { page, close } = await openDesk(browser, inbox, ada, { path });
  const claimed = await nextShown(page, null);
  await endSessionsAt(page, inbox, '**/api/v1/acts');
  await page.keyboard.press('q');
  const form = page.getByRole('dialog', { name: 'Sign in' });
  await form.getByLabel('API key').fill(ada.secret);
  await form.getByRole('button', { name: 'Sign in' }).click();
  const next = await nextShown(page, claimed);
  expect((await ada.acts()).at(-1)).toMatchObject({ mediaSid: claimed, act: 'quarantine' });
  await claimIs(next);
  await close();
});

test('a claim is extended while somebody is there, and given back when nobody is', async () => {
  await inbox.restart({ CLAIM_SECONDS: String(CLAIM_SECONDS) });
  const { page, close } = await openDesk(browser, inbox, ada, { path });
  const claimed = await nextShown(page, null);
  const began = Date.now();
  // A hand on the mouse.
  for (let x = 0; Date.now() < began + 2 * CLAIM_SECONDS * 1000; x += 1) {
    await page.mouse.move(100 + (x % 100), 200);
    await page.waitForTimeout(100);
    expect(await shownSid(page)).toBe(claimed);
  }
  await claimIs(claimed);
  await page.getByRole('heading', { name: 'You were away: it was given back' }).waitFor();
  await claimIs();
  await page.getByRole('button', { name: 'Go on' }).click();
  await claimIs(await nextShown(page, null));
  await close();
}, 120_000);
