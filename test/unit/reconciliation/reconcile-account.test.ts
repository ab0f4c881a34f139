import { expect, test } from 'vitest';
import type { Database } from '../../../src/database/database.ts';
import {
  type AccountProgress,
  createReconcileAccount,
  NO_PROGRESS,
} from '../../../src/reconciliation/reconcile-account.ts';
import { TwilioError } from '../../../src/twilio/twilio-error.ts';

const accountSid = `AC${'1'.repeat(32)}`;
const LIST = `/2010-04-01/Accounts/${accountSid}/Messages.json`;
const sid = (n: number) => `MM${String(n).padStart(32, '0')}`;
const date_created = 'Tue, 24 Nov 2026 12:00:00 +0000';

/** Two pages of three messages; a database that knows what was taken in. */
function start() {
  const here = new Set<string>();
  const heard: number[] = [];
  const asked: string[] = [];
  let broken: string | undefined;
  const findMany = async ({ where }: { where: { sid: { in: string[] } } }) =>
    where.sid.in.filter((one) => here.has(one)).map((one) => ({ sid: one }));
  const reconcileAccount = createReconcileAccount({
    database: { prisma: { message: { findMany } } } as unknown as Database,
    async readTwilio(_account, path) {
      asked.push(path);
      const first = path.includes('PageToken') ? 3 : 0;
      const messages = [0, 1, 2].map((n) => ({
        sid: sid(first + n),
        direction: 'inbound',
        num_media: '1',
        date_created,
        from: '',
        to: '',
        body: '',
      }));
      return { messages, next_page_uri: first === 0 ? `${LIST}?PageToken=2` : null };
    },
    async takeInMessage(_account, message) {
      if (message.sid === broken) throw new TwilioError('outage', 'down');
      here.add(message.sid);
      return 'new';
    },
    onReconciled: (count) => heard.push(count),
  });
  const progress: AccountProgress = { ...NO_PROGRESS, missingSids: [] };
  const saved: AccountProgress[] = [];
  const run = () =>
    reconcileAccount(
      {
        accountSid,
        progress,
        dryRun: false,
        selection: { since: new Date(0), until: null, to: null },
        save: async (now) => void saved.push(structuredClone(now)),
      },
      new AbortController().signal,
    );
  return {
    asked,
    heard,
    progress,
    saved,
    run,
    breakAt(which: string | undefined) {
      broken = which;
    },
  };
}

test('progress is saved page by page, and every message that was taken in is told', async () => {
  const { run, saved, heard } = start();
  await run();
  expect(saved).toMatchObject([
    { page: `${LIST}?PageToken=2`, listed: 3, missing: 3, takenIn: 3 },
    { page: null, listed: 6, missing: 6, takenIn: 6, failed: 0 },
  ]);
  expect(heard).toEqual([1, 1, 1, 1, 1, 1]);
});

test('an outage in a page loses no count, and the next run begins with that page', async () => {
  const { run, saved, asked, breakAt, heard } = start();
  breakAt(sid(4));
  await expect(run()).rejects.toThrow('down');
  expect(saved.at(-1)).toMatchObject({ page: `${LIST}?PageToken=2`, listed: 3, takenIn: 5 });
  breakAt(undefined);
  await run();
  expect(saved.at(-1)).toMatchObject({ page: null, listed: 6, missing: 6, takenIn: 6, failed: 0 });
  expect(heard).toHaveLength(6);
  expect(asked.filter((path) => !path.includes('PageToken'))).toHaveLength(1);
});
