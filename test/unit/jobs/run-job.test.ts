import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { JOBS, type JobHandlers } from '../../../src/jobs/job-list.ts';
import { runJob } from '../../../src/jobs/run-job.ts';
import { TwilioError } from '../../../src/twilio/twilio-error.ts';

const lines: Record<string, unknown>[] = [];
const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });

function run(data: unknown, handle: JobHandlers['fetch-media'], aborted = false): Promise<void> {
  lines.length = 0;
  const never = () => Promise.reject(new Error('another job’s handler'));
  const others = Object.keys(JOBS).map((name) => [name, never]);
  const handlers = { ...(Object.fromEntries(others) as JobHandlers), 'fetch-media': handle };
  const signal = aborted ? AbortSignal.abort(new Error('stopping')) : new AbortController().signal;
  const claim = { id: 'job-1', retryCount: 0, priority: 0, isCompleted: false };
  return runJob({ name: 'fetch-media', claim, data, handlers, signal, log });
}

test('a job gets its payload and writes one line', async () => {
  const handle = vi.fn(async () => undefined);
  await run({ mediaSid: 'ME1' }, handle);
  expect(handle).toHaveBeenCalledExactlyOnceWith(
    { mediaSid: 'ME1' },
    expect.any(AbortSignal),
    expect.objectContaining({ id: 'job-1' }),
  );
  expect(lines).toMatchObject([
    { level: 30, job: 'fetch-media', jobId: 'job-1', mediaSid: 'ME1', msg: 'job ended' },
  ]);
});

test('a job that fails throws, so that the queue tries it again', async () => {
  const failure = new Error('the database went away');
  await expect(run({ mediaSid: 'ME1' }, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(lines).toMatchObject([{ level: 50, err: { message: 'the database went away' } }]);
});

test('a job that waits for the end of an outage that was told writes no line of its own', async () => {
  const failure = new TwilioError('outage', 'Twilio could not be reached (ECONNREFUSED)');
  await expect(run({ mediaSid: 'ME1' }, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(lines).toEqual([]);
});

test('a job that fails because the database is out of reach leaves the line to its outage', async () => {
  const failure = new Error('Connection terminated unexpectedly');
  await expect(run({ mediaSid: 'ME1' }, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(lines).toEqual([]);
});

test.each(['ENOSPC', 'ECONNREFUSED'])(
  'a job that fails with %s of something else is told',
  async (code) => {
    const failure = Object.assign(new Error('write'), { code });
    await expect(run({ mediaSid: 'ME1' }, () => Promise.reject(failure))).rejects.toBe(failure);
    expect(lines).toMatchObject([{ level: 50, msg: 'job failed, the queue tries it again' }]);
  },
);

test('a job whose statement takes too long is told, whatever the database answers others', async () => {
  const failure = new Error('Query read timeout');
  await expect(run({ mediaSid: 'ME1' }, () => Promise.reject(failure))).rejects.toBe(failure);
  expect(lines).toMatchObject([{ level: 50, msg: 'job failed, the queue tries it again' }]);
});

test('a job that ends because the process stops is no error', async () => {
  const stopped = run({ mediaSid: 'ME1' }, () => Promise.reject(new Error('aborted')), true);
  await expect(stopped).rejects.toThrow('aborted');
  expect(lines).toMatchObject([{ level: 30, msg: 'job handed back' }]);
});

test.each([[undefined], [null], [{}], [{ mediaSid: 7 }], ['ME1']])(
  'a payload of %j never reaches the handler',
  async (data) => {
    const handle = vi.fn(async () => undefined);
    await expect(run(data, handle)).rejects.toThrow();
    expect(handle).not.toHaveBeenCalled();
  },
);
