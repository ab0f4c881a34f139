import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleAttachment } from '../../src/simulator/samples/sample-attachments.ts';
import { readMetrics } from '../support/read-metrics.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const NOBODY = 'http://127.0.0.1:2';
// Only with a standby.
const NEEDS_STANDBY = ['mms_inbox_standby_lag_bytes'];
const SENDER = '+15550001234';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox({
    SCAN_URL: NOBODY,
    SCAN_FAILURE: 'allow',
    TRANSCRIBE_URL: NOBODY,
    RECONCILE_INTERVAL_MINUTES: '60',
  });
  await receiveAll();
});
afterAll(() => inbox.stop());

const readText = async () => (await inbox.api('get', '/metrics').expect(200)).text;

/** Names and labels in the first column of the table in docs/operations/health.md. */
function documented(): Map<string, string> {
  const page = readFileSync(new URL('../../docs/operations/health.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| `(mms_inbox_\w+)(?:\{([\w,]+)\})?` +\|/gm)];
  return new Map(rows.map(([, name = '', labels = '']) => [name, labels]));
}

/** The labels of the samples of each metric, without those of histograms. */
function labelsIn(text: string): Map<string, string> {
  const samples = [
    ...text.matchAll(/^(mms_inbox_\w+?)(?:_bucket|_sum|_count)?(?:\{(.*)\})? \S+$/gm),
  ];
  return new Map(
    samples.map(([, name = '', labels = '']) => [
      name,
      [...labels.matchAll(/(\w+)="/g)]
        .map(([, label]) => label)
        .filter((label) => label !== 'le')
        .join(','),
    ]),
  );
}

async function receiveAll(): Promise<void> {
  const photo = await sampleAttachment('landscape');
  const { message } = await inbox.receive({ attachments: [photo], from: SENDER });
  await inbox.receive({ attachments: [] }, { signature: 'missing' });
  await inbox.receive({ attachments: [] }, { signature: 'wrong' });
  await inbox.mediaOf(message.sid, 'stored');
}

test('what comes in is counted and timed', async () => {
  const metrics = await eventually(async () => {
    const read = await readMetrics(inbox.url);
    expect(read.get('mms_inbox_media{state="stored"}')).toBe(1);
    return read;
  });
  const value = (name: string) => metrics.get(`mms_inbox_${name}`);
  // On a slow machine the database is given up too soon.
  const taken = (name: string) =>
    (value(`${name}{outcome="new"}`) ?? 0) + (value(`${name}{outcome="spooled"}`) ?? 0);
  expect(taken('webhooks_total')).toBe(1);
  expect(taken('webhook_duration_seconds_count')).toBe(1);
  expect(value('webhooks_refused_total{cause="signature_missing"}')).toBe(1);
  expect(value('webhooks_refused_total{cause="wrong_signature"}')).toBe(1);
  expect(value('webhooks_refused_total{cause="unknown_account"}')).toBe(0);
  for (const step of ['tried', 'fetched', 'stored']) {
    expect(value(`media_delay_seconds_count{step="${step}"}`), step).toBe(1);
  }
  expect(value('media_delay_seconds_sum{step="stored"}')).toBeGreaterThan(
    value('media_delay_seconds_sum{step="tried"}') ?? Number.NaN,
  );
  expect(value('preview_duration_seconds_count{kind="image"}')).toBeGreaterThan(0);
  expect(value('media{state="pending"}')).toBe(0);
  expect(value('media_moderation{moderation="visible"}')).toBe(1);
  expect(value('workers{state="alive"}')).toBe(1);
  expect(value('job_oldest_due_seconds{kind="fetch-media"}')).toBe(0);
  expect(value('database_up')).toBe(1);
  expect(value('database_ping_seconds')).toBeLessThan(2);
  expect(value('part_works{part="blobs"}')).toBe(1);
  expect(value('part_works{part="scan"}')).toBe(0);
  expect(value('deletions_open')).toBe(0);
  expect([...metrics.keys()]).toContainEqual(
    expect.stringMatching(/^mms_inbox_build_info\{version="\d/),
  );
  expect(metrics.get('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThanOrEqual(0);
});

test('the table of docs/operations/health.md names every metric, with its labels, and no other', async () => {
  const text = await readText();
  const table = documented();
  const names = [...text.matchAll(/^# TYPE (mms_inbox_\w+) /gm)].map(([, name]) => name);
  expect([...table.keys()].filter((name) => !NEEDS_STANDBY.includes(name)).sort()).toEqual(
    names.sort(),
  );
  for (const [name, labels] of labelsIn(text)) expect(labels, name).toBe(table.get(name));
});

test('names have units as Prometheus wants them, and labels no number of anybody and no sid', async () => {
  const text = await readText();
  for (const [, name = '', type] of text.matchAll(/^# TYPE (mms_inbox_\w+) (\w+)/gm)) {
    expect(name.endsWith('_total'), name).toBe(type === 'counter');
    if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    expect(name).not.toMatch(/_(ms|milliseconds|minutes|kb|mb)$/);
  }
  const samples = text.split('\n').filter((line) => line.startsWith('mms_inbox_'));
  for (const line of samples) {
    const labels = /\{(.*)\}/.exec(line)?.[1] ?? '';
    expect(labels).not.toMatch(/\d{6}|\b(ME|MM|SM|AC)[0-9a-f]{32}/);
  }
  expect(samples.length).toBeLessThan(1000);
});
