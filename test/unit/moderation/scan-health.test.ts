import { expect, test } from 'vitest';
import { ScanError, type ScanFailure } from '../../../src/moderation/scan/ask-classifier.ts';
import { createScanHealth } from '../../../src/moderation/scan/scan-health.ts';

const error = (kind: ScanFailure, message = 'no') => new ScanError(message, kind);

test('after three outages in a row one finds out every 15 seconds, until it answers', () => {
  let now = 1000;
  const health = createScanHealth(() => now);
  expect(health.failed(error('outage'))).toBe(true);
  expect(health.failed(error('outage'))).toBe(false);
  expect(health.state()).toBe('up');
  health.failed(error('outage'));
  expect([health.state(), health.state()]).toEqual(['probe', 'down']);
  health.failed(error('outage'));
  now += 14_999;
  expect(health.state()).toBe('down');
  now += 1;
  expect([health.state(), health.state()]).toEqual(['probe', 'down']);
  health.isUp();
  expect([health.state(), health.state()]).toEqual(['up', 'up']);
});

test.each<ScanFailure>(['file', 'refused'])('what it answers is no outage: %s', (kind) => {
  const health = createScanHealth();
  for (let n = 0; n < 30; n += 1) health.failed(error(kind));
  expect(health.state()).toBe('up');
  health.failed(error('outage'));
  health.failed(error('outage'));
  health.failed(error(kind));
  health.failed(error('outage'));
  expect(health.state()).toBe('up');
});

test('it is degraded from an outage or a refusal to the next answer, and says why', async () => {
  const health = createScanHealth();
  expect(await health.check()).toBeUndefined();
  for (const kind of ['outage', 'refused'] as const) {
    health.failed(error(kind, 'it answered 500'));
    expect(await health.check()).toBe('the classifier of SCAN_URL fails: it answered 500');
    health.answered();
    expect(await health.check()).toBeUndefined();
  }
});

test('a few files without a verdict are no fault of it, ten in a row are', async () => {
  const health = createScanHealth();
  for (let n = 0; n < 9; n += 1) health.failed(error('file', 'it answered 415'));
  expect(await health.check()).toBeUndefined();
  expect(health.failed(error('file', 'it answered 415'))).toBe(true);
  expect(await health.check()).toMatch(/it answered 415$/);
  health.answered();
  expect(await health.check()).toBeUndefined();
});
