import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Health } from '../../src/operating/health-operations.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

async function health() {
  const { body } = await inbox.api('get', '/api/v1/health').expect(200);
  const read = body as Health;
  return { ...read, part: (name: string) => read.parts.find((part) => part.name === name) };
}

test('every part has a state, since when, and a sentence', async () => {
  const { status, parts, part, process, heartbeatAt, lastWebhookAt } = await health();
  const names = parts.map(({ name }) => name);
  for (const name of ['database', 'spool', 'blobs', 'events', 'workers', 'upstream', 'deletions']) {
    expect(names).toContain(name);
    expect(part(name)).toMatchObject({ state: 'ok', detail: null, remedy: null });
  }
  for (const name of ['webhooks', 'jobs', 'disk', 'clock', 'publicUrl', 'previews']) {
    expect(names).toContain(name);
  }
  for (const { meaning, since } of parts) {
    expect(meaning).toMatch(/^[A-Z].*\.$/);
    expect(Date.parse(String(since))).toBeLessThanOrEqual(Date.now());
  }
  expect(part('publicUrl'), 'PUBLIC_URL is not set').toMatchObject({ state: 'unknown' });
  expect(process.roles).toEqual(['receiver', 'worker']);
  expect(process.name).toMatch(/:\d+$/);
  expect(heartbeatAt).not.toBeNull();
  expect(lastWebhookAt).toBeNull();
  // The disk of the machine may be nearly full.
  const others = parts.filter(({ name, state }) => name !== 'disk' && state === 'degraded');
  expect(others).toEqual([]);
  if (part('disk')?.state === 'ok') expect(status).toBe('ready');
  expect(JSON.stringify(parts)).not.toContain(inbox.dataDir);
});

test('the clock is compared with Twilio’s', async () => {
  await eventually(async () => {
    const { part } = await health();
    expect(part('clock')).toMatchObject({ state: 'ok', detail: expect.stringContaining(' s ') });
  });
});

test('a request without a signature is shown, and no reason to worry', async () => {
  await inbox.receive({ attachments: [] }, { signature: 'missing' });
  await eventually(async () => {
    const { part } = await health();
    expect(part('webhooks')).toMatchObject({
      state: 'ok',
      meaning: 'Requests were refused that were probably not Twilio’s.',
      detail: 'Refused within the last two hours: no signature (1).',
    });
  });
});

test('as many as a proxy that removes signatures causes are degraded, and come first', async () => {
  for (let n = 0; n < 4; n += 1) {
    await inbox.receive({ attachments: [] }, { signature: 'missing' });
  }
  await eventually(async () => {
    const { part, status, parts } = await health();
    expect(status).toBe('degraded');
    expect(part('webhooks')).toMatchObject({
      state: 'degraded',
      detail: 'Refused within the last two hours: no signature (5).',
      remedy: expect.stringContaining('refused webhooks'),
    });
    expect(['degraded', 'unavailable']).toContain(parts[0]?.state);
  });
  await inbox.receive({ attachments: [] });
  await eventually(async () => {
    const { part, lastWebhookAt } = await health();
    expect(part('webhooks')).toMatchObject({ state: 'ok' });
    expect(lastWebhookAt).not.toBeNull();
  });
});
