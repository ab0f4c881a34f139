import { pino } from 'pino';
import { beforeEach, expect, test } from 'vitest';
import { ScanError, type ScanFailure } from '../../../src/screening/classifier.ts';
import { createScanHealth } from '../../../src/screening/scan-health.ts';

const URL_WITH_SECRETS = 'https://scan.example/secret?key=secret';
const lines: Record<string, unknown>[] = [];
const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
beforeEach(() => void lines.splice(0));
const healthOf = (now?: () => number) => createScanHealth(URL_WITH_SECRETS, log, now);
const begins = (problem: string) =>
  expect.objectContaining({
    level: 50,
    msg: 'the classifier fails: it is asked again until it answers',
    origin: 'https://scan.example',
    problem,
  });

const error = (kind: ScanFailure, message = 'no') => new ScanError(message, kind);

test('after three outages in a row one finds out every 15 seconds, until it answers', () => {
  let now = 1000;
  const health = healthOf(() => now);
  health.failed(error('outage'));
  expect(lines).toEqual([begins('no')]);
  health.failed(error('outage'));
  expect(lines).toHaveLength(1);
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
  const health = healthOf();
  for (let n = 0; n < 30; n += 1) health.failed(error(kind));
  expect(health.state()).toBe('up');
  health.failed(error('outage'));
  health.failed(error('outage'));
  health.failed(error(kind));
  health.failed(error('outage'));
  expect(health.state()).toBe('up');
});

test('it is degraded from an outage or a refusal to the next answer, and says why', async () => {
  const health = healthOf();
  expect(await health.check()).toBeUndefined();
  for (const kind of ['outage', 'refused'] as const) {
    health.failed(error(kind, 'it answered 500'));
    expect(await health.check()).toBe('the classifier of SCAN_URL fails: it answered 500');
    health.answered();
    expect(await health.check()).toBeUndefined();
  }
});

test('a few files without a verdict are no fault of it, ten in a row are', async () => {
  const health = healthOf();
  for (let n = 0; n < 9; n += 1) health.failed(error('file', 'it answered 415'));
  expect(await health.check()).toBeUndefined();
  expect(lines).toEqual([]);
  health.failed(error('file', 'it answered 415'));
  expect(lines).toEqual([begins('it answered 415')]);
  expect(await health.check()).toMatch(/it answered 415$/);
  health.answered();
  expect(await health.check()).toBeUndefined();
});

test('the log has one line when it begins to fail and one when it answers again', () => {
  const health = healthOf();
  for (let n = 0; n < 5; n += 1) health.failed(error('outage', 'it answered 503'));
  for (let n = 0; n < 5; n += 1) health.answered();
  health.failed(error('refused', 'it answered 401'));
  // It answers, of this file: that it does not refuse us any more.
  health.failed(error('file', 'it answered 415'));
  const ends = (failures: number) =>
    expect.objectContaining({ level: 40, msg: 'the classifier answers again', failures });
  expect(lines).toEqual([begins('it answered 503'), ends(5), begins('it answered 401'), ends(1)]);
  expect(JSON.stringify(lines)).not.toContain('secret');
});
