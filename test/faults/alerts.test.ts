import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { firingAlerts, hasPromtool, readRules } from '../support/alerts.ts';
import { readMetrics } from '../support/read-metrics.ts';
import { ACCOUNT, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';
import { findPostgres, startPostgresCluster } from './postgres-cluster.ts';
import { note } from './scenario.ts';

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });

// What test/faults/worker-gone.test.ts shows.
const ELSEWHERE = ['MmsInboxNoWorker', 'MmsInboxWorkerHangs', 'MmsInboxJobsWait'];
const shown = new Set<string>(ELSEWHERE);

/** Compares what fires, and remembers what was shown to. */
async function expectFiring(
  before: ReadonlyMap<string, number> | null,
  during: ReadonlyMap<string, number> | null,
  alerts: string[],
): Promise<void> {
  // Of a busy machine, unless that is what is shown.
  const isShown = (key: string) =>
    alerts.includes('MmsInboxEventLoopBlocked') || !key.startsWith('nodejs_eventloop_lag');
  const [well, out] = [before, during].map(
    (metrics) => metrics && new Map([...metrics].filter(([key]) => isShown(key))),
  );
  const firing = await firingAlerts([well ?? null], [out ?? null]);
  expect(firing).toEqual({ before: [], during: alerts.sort() });
  for (const alert of alerts) shown.add(alert);
}

const isInstalled = hasPromtool();
const bin = findPostgres();
let inbox: TestInbox;
/** An endpoint for events that tells that it is gone. */
const gone = createServer((_request, response) => response.writeHead(410).end());
let goneAt: string;
let healthy: ReadonlyMap<string, number>;
beforeAll(async () => {
  if (!isInstalled) return;
  await once(gone.listen(0, '127.0.0.1'), 'listening');
  goneAt = `127.0.0.1:${(gone.address() as AddressInfo).port}`;
  inbox = await startTestInbox({ RECONCILE_INTERVAL_MINUTES: '60', EVENT_HOSTS: goneAt });
  const { message } = await inbox.receive({ attachments: [note()] });
  await inbox.mediaOf(message.sid, 'stored');
  healthy = await scrape();
});
afterAll(async () => {
  await inbox?.stop();
  gone.close();
});

/** As of a moment at which no result of the moment before is shared. */
async function scrape(): Promise<ReadonlyMap<string, number>> {
  await setTimeout(1100);
  return readMetrics(inbox.url);
}

async function scrapeWith(name: string, isExpected: (value: number) => boolean) {
  return eventually(async () => {
    const metrics = await scrape();
    expect(isExpected(metrics.get(name) ?? 0), `${name} ${metrics.get(name)}`).toBe(true);
    return metrics;
  });
}

test.skipIf(!isInstalled)('a deployment that works fires none', async () => {
  await inbox.receive({ attachments: [note()] });
  await expectFiring(healthy, await scrape(), []);
});

test.skipIf(!isInstalled)('webhooks of Twilio that are refused', async () => {
  const message = inbox.twilio.createMessage({ attachments: [] });
  const url = `${inbox.url}/twilio/incoming`;
  await inbox.twilio.deliver(message, { url, signature: 'missing' });
  await expectFiring(healthy, await scrape(), []);
  await inbox.twilio.deliver(message, { url, signedUrl: url.replace('http:', 'https:') });
  await expectFiring(healthy, await scrape(), ['MmsInboxWebhooksRefused']);
});

test.skipIf(!isInstalled)('messages whose webhook did not arrive', async () => {
  await inbox.restart({}, async () => void inbox.twilio.createMessage({ attachments: [note()] }));
  const during = await scrapeWith('mms_inbox_reconciled_messages_total', (count) => count > 0);
  await expectFiring(healthy, during, ['MmsInboxWebhooksMissed']);
});

test.skipIf(!isInstalled)(
  'an endpoint that is gone: its events, and the part of readyz',
  async () => {
    const before = await scrape();
    const url = `http://${goneAt}/`;
    await inbox.api('post', '/api/v1/endpoints').send({ url }).expect(201);
    await inbox.receive({ attachments: [] });
    const paused = 'mms_inbox_event_deliveries_total{result="paused"}';
    const during = await scrapeWith(paused, (count) => count > 0);
    await expectFiring(before, during, ['MmsInboxEventsFail', 'MmsInboxPartFails']);
  },
);

test.skipIf(!isInstalled)('credentials that Twilio refuses', async () => {
  const before = await scrape();
  const faults = [{ kind: 'status' as const, status: 401, times: 1 }];
  await inbox.receive({ attachments: [{ ...note(), faults }] });
  const during = await scrapeWith('mms_inbox_credentials_refused_total', (count) => count > 0);
  await expectFiring(without(before, 'events'), without(during, 'events'), [
    'MmsInboxCredentialsRefused',
    'MmsInboxFetchesFail',
    'MmsInboxPartFails',
  ]);
});

/** Without a part that an earlier test has left as it is. */
function without(metrics: ReadonlyMap<string, number>, part: string) {
  return new Map([...metrics].filter(([key]) => !key.includes(`{part="${part}"}`)));
}

test.skipIf(!isInstalled)('an event loop that is late', async () => {
  const before = await scrapeWith('nodejs_eventloop_lag_p99_seconds', (seconds) => seconds < 0.5);
  const until = performance.now() + 1500;
  while (performance.now() < until);
  const during = await readMetrics(inbox.url);
  const parts = ['events', 'upstream'] as const;
  const [own, busy] = [before, during].map((metrics) =>
    parts.reduce<ReadonlyMap<string, number>>(without, metrics),
  );
  await expectFiring(own ?? null, busy ?? null, ['MmsInboxEventLoopBlocked']);
});

test.skipIf(!isInstalled)('deletions that are stuck, and attachments that are late', async () => {
  const faults = [{ kind: 'status' as const, status: 503, times: 1 }];
  const { message } = await inbox.receive({ attachments: [{ ...note(), faults }] });
  await eventually(async () => {
    const [media] = await inbox.mediaOf(message.sid, 'pending', 'stored');
    expect(media?.attempts).toBeGreaterThan(0);
  });
  await inbox.restart({ ROLES: 'receiver' });
  // More than the server before has counted: to Prometheus as many would be none.
  const attachments = Array.from({ length: 10 }, () => note());
  const { message: late } = await inbox.receive({ attachments });
  await inbox.restart({}, async () => {
    const database = await openDatabase(
      { dataDir: inbox.dataDir, databaseUrl: inbox.databaseUrl },
      createLogger('silent'),
    );
    await database.prisma.$executeRaw`
      UPDATE media SET received_at = received_at - interval '10 minutes' WHERE message_sid = ${late.sid}`;
    await database.prisma.deletion.create({
      data: {
        requestedBy: 'ada',
        scope: 'one',
        withMessages: false,
        createdAt: new Date(Date.now() - 16 * 86_400_000),
        targets: {
          create: {
            sid: `ME${'0'.repeat(32)}`,
            messageSid: `MM${'0'.repeat(32)}`,
            accountSid: ACCOUNT.sid,
            local: 'done',
            previews: 'none',
            upstream: 'retrying',
            forgottenAt: new Date(),
          },
        },
      },
    });
    await database.close();
  });
  await inbox.mediaOf(late.sid, 'stored');
  const during = await scrapeWith('mms_inbox_deletions_stuck', (count) => count === 1);
  await expectFiring(healthy, without(during, 'events'), [
    'MmsInboxAttachmentsLate',
    'MmsInboxDeletionsStuck',
  ]);
});

test.skipIf(!isInstalled)('the database is away, then the server', async (context) => {
  if (bin === null) return context.skip('there is no PostgreSQL that may be stopped');
  const cluster = await startPostgresCluster(bin);
  const own = await startTestInbox({ DATABASE_URL: cluster.url, ROLES: 'receiver' });
  try {
    // A worker of another process, so that only its database is missing.
    const read = async () =>
      new Map([...(await readMetrics(own.url))].filter(([key]) => !key.includes('_workers{')));
    const before = await read();
    await cluster.stop('immediate');
    expect((await own.receive({ attachments: [] })).answer.status).toBe(200);
    const during = await eventually(async () => {
      const metrics = await read();
      expect(metrics.get('mms_inbox_database_up')).toBe(0);
      return metrics;
    });
    await expectFiring(before, during, [
      'MmsInboxDatabaseDown',
      'MmsInboxPartFails',
      'MmsInboxSpoolWaits',
    ]);
    await expectFiring(before, null, ['MmsInboxDown']);
  } finally {
    await own.stop();
    await cluster.remove();
  }
});

test.skipIf(!isInstalled || bin === null)('each rule was shown to fire', async () => {
  const rules = await readRules();
  expect([...shown].sort()).toEqual(rules.map(({ alert }) => alert).sort());
});
