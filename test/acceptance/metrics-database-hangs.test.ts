import { expect, onTestFinished, test } from 'vitest';
import { startCuttableProxy } from '../support/cuttable-proxy.ts';
import { readMetrics } from '../support/read-metrics.ts';
import { eventually, startTestInbox } from '../support/test-inbox.ts';

const CPU = 'process_cpu_seconds_total';

test('while the database hangs a scrape has what the process knows, and is over in seconds', async (context) => {
  const inbox = await startTestInbox();
  onTestFinished(() => inbox.stop());
  if (inbox.databaseUrl === undefined) return context.skip('there is no server that can hang');
  const url = new URL(inbox.databaseUrl);
  const proxy = await startCuttableProxy(Number(url.port || 5432));
  onTestFinished(() => proxy.close());
  [url.hostname, url.port] = ['127.0.0.1', String(proxy.port)];
  await inbox.restart({ DATABASE_URL: url.href });
  expect((await inbox.receive({ attachments: [] })).answer.status).toBe(200);
  const before = await readMetrics(inbox.url);
  expect(before.get('mms_inbox_database_up')).toBe(1);
  const webhooks = [...before].filter(([name]) => name.startsWith('mms_inbox_webhooks_total'));
  expect(webhooks.map(([, count]) => count)).toContain(1);

  proxy.hang();
  let last = before;
  for (let n = 0; n < 3; n += 1) {
    // Scrapes share their results for a second.
    const during = await eventually(async () => {
      const began = performance.now();
      const scrapes = await Promise.all(Array.from({ length: 10 }, () => readMetrics(inbox.url)));
      // Half of Prometheus' scrape_timeout.
      expect(performance.now() - began).toBeLessThan(5000);
      const [first] = scrapes;
      expect(first?.get('mms_inbox_database_up')).toBe(0);
      expect(first?.get(CPU)).not.toBe(last.get(CPU));
      return first ?? before;
    });
    last = during;
    for (const [name, count] of webhooks) expect(during.get(name)).toBe(count);
    expect(during.get('mms_inbox_spool_messages')).toBe(0);
    expect(during.get('process_resident_memory_bytes')).toBeGreaterThan(0);
    expect(during.has('mms_inbox_workers{state="alive"}')).toBe(false);
  }
  proxy.restore();
  await eventually(async () => {
    const after = await readMetrics(inbox.url);
    expect(after.get('mms_inbox_database_up')).toBe(1);
    expect(after.get('mms_inbox_workers{state="alive"}')).toBe(1);
  });
});
