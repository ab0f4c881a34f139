import { expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../../src/database/open-database.ts';
import { isDatabaseOutage } from '../../src/database/server-client.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { startCuttableProxy } from '../support/cuttable-proxy.ts';
import { createTestDatabase } from '../support/test-database.ts';
import { eventually, startTestInbox } from '../support/test-inbox.ts';

const BEGINS = 'the database cannot be reached: it is tried again until it answers';
const ENDS = 'the database answers again';

async function proxyTo(databaseUrl: string) {
  const url = new URL(databaseUrl);
  const proxy = await startCuttableProxy(Number(url.port || 5432));
  onTestFinished(() => proxy.close());
  [url.hostname, url.port] = ['127.0.0.1', String(proxy.port)];
  return { proxy, url: url.href };
}

test('an outage of the database is one line at its start and one at its end', async (context) => {
  const inbox = await startTestInbox();
  onTestFinished(() => inbox.stop());
  if (inbox.databaseUrl === undefined) return context.skip('there is no server to be cut off from');
  const { proxy, url } = await proxyTo(inbox.databaseUrl);
  await inbox.restart({ DATABASE_URL: url });
  const { logLines } = inbox;
  const troubles = () =>
    logLines
      .map((line) => JSON.parse(line) as { level: number; msg: string; failures?: number })
      .filter(({ level }) => level >= 40)
      .map(({ msg }) => msg);
  const ofStart = troubles().length;

  proxy.breakOff();
  for (let n = 0; n < 5; n += 1) {
    const { answer } = await inbox.receive({ body: `while it is away: ${n}`, attachments: [] });
    expect(answer.status).toBe(200);
    await inbox.api('get', '/readyz').expect(200);
  }
  await eventually(async () => expect(troubles()).toContain(BEGINS));
  proxy.restore();
  await eventually(async () => {
    expect(troubles()).toContain(ENDS);
    expect(troubles()).toContain('the database is back, the spool is drained');
  });

  const told = troubles().slice(ofStart);
  expect(told.toSorted()).toEqual(
    [
      BEGINS,
      ENDS,
      'message not committed, it is spooled',
      'the database is back, the spool is drained',
    ].toSorted(),
  );
});

test('API calls during an outage of the database are 503, and its two lines tell the cause', async (context) => {
  const inbox = await startTestInbox();
  onTestFinished(() => inbox.stop());
  if (inbox.databaseUrl === undefined) return context.skip('there is no server to be cut off from');
  const { proxy, url } = await proxyTo(inbox.databaseUrl);
  await inbox.restart({ DATABASE_URL: url });
  inbox.logLines.splice(0);
  const lines = (level: number) =>
    inbox.logLines.map((line) => JSON.parse(line)).filter((line) => line.level >= level);

  proxy.breakOff();
  const paths = ['/api/v1/messages', '/api/v1/media', '/api/v1/keys'];
  for (let n = 0; n < 9; n += 1) {
    const { body } = await inbox.api('get', paths[n % 3] ?? '').expect(503);
    expect(body.code).toBe('unavailable');
  }
  await inbox.api('post', '/api/v1/keys').send({ name: 'late', role: 'viewer' }).expect(503);
  await eventually(async () => expect(lines(50).map(({ msg }) => msg)).toContain(BEGINS));
  proxy.restore();
  await eventually(async () => expect(lines(40).map(({ msg }) => msg)).toContain(ENDS));
  await inbox.api('get', '/api/v1/messages').expect(200);

  const isOfRequest = ({ msg }: { msg: string }) => msg === 'request errored';
  expect(lines(40).filter(isOfRequest)).toHaveLength(10);
  const others = lines(40).filter((line) => !isOfRequest(line));
  expect(others.map(({ msg }) => msg)).toEqual([BEGINS, ENDS]);
  expect(others[0]?.problem).toMatch(/./);
  expect(JSON.stringify(lines(30))).not.toContain('"stack"');
});

test('whatever asks a database that is away fails as an outage', async (context) => {
  const files = await createTestDatabase();
  onTestFinished(() => files.remove());
  if (files.databaseUrl === undefined) return context.skip('there is no server to be cut off from');
  const { proxy, url } = await proxyTo(files.databaseUrl);
  const { prisma, close } = await openDatabase(
    { dataDir: files.dataDir, databaseUrl: url },
    createLogger('silent'),
  );
  onTestFinished(close);
  const failure = (asked: Promise<unknown>) =>
    asked.then(
      () => undefined,
      (error) => error,
    );
  const sleeping = [
    failure(prisma.$queryRaw`SELECT 1 FROM pg_sleep(60)`),
    failure(prisma.$transaction(async (tx) => tx.$executeRaw`SELECT pg_sleep(60)`)),
  ];
  await prisma.message.count();
  await eventually(async () => {
    const rows = await prisma.$queryRaw<unknown[]>`
      SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`;
    expect(rows.length).toBe(2);
  });
  proxy.breakOff();
  const failures = [
    ...(await Promise.all(sleeping)),
    await failure(prisma.message.count()),
    await failure(prisma.$queryRaw`SELECT 1`),
    await failure(prisma.$transaction(async (tx) => tx.message.count())),
  ];
  expect(failures.map((error) => (isDatabaseOutage(error) ? 'outage' : error))).toEqual(
    failures.map(() => 'outage'),
  );
  proxy.restore();
  expect(isDatabaseOutage(await failure(prisma.$queryRaw`SELECT 1 / 0`))).toBe(false);
});
