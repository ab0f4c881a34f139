import { setImmediate } from 'node:timers/promises';
import express from 'express';
import { pino } from 'pino';
import supertest from 'supertest';
import { expect, test, vi } from 'vitest';
import { ALL_WORK, type ApiKeys } from '../../../src/auth/api-keys.ts';
import { createAuthenticate } from '../../../src/auth/authentication.ts';
import { createOperatorAccess } from '../../../src/auth/operator-access.ts';
import { createSessionCookie } from '../../../src/auth/session-cookie.ts';
import type { Sessions } from '../../../src/auth/sessions.ts';
import { createHealthRouter } from '../../../src/http/monitoring-router.ts';
import { createReadiness, type ReadinessCheck } from '../../../src/monitoring/readiness.ts';
import { VERSION } from '../../../src/monitoring/version.ts';

const SECRET = 'secret-of-a-key';
const OPEN: ReadinessCheck = async () => undefined;
const REFUSED: ReadinessCheck = async () => 'Twilio refuses the credentials of AC1';
const BROKEN: ReadinessCheck = async () => {
  throw new Error('/data/blobs is gone');
};
const reportPreviews = async () => ({
  kinds: [
    {
      keyId: '1',
      secretHash: '',
      name: 'video',
      missing: { problem: 'ffmpeg is not installed on the server' },
    },
  ],
  isOffline: false,
});

const authenticate: ApiKeys['authenticate'] = async (secret) =>
  secret === SECRET
    ? { keyId: '1', secretHash: '', name: 'monitor', role: 'admin', work: ALL_WORK }
    : null;

function serverOf(
  checks: Record<string, ReadinessCheck>,
  apiKeys = { authenticate },
  log = pino({ level: 'silent' }),
) {
  const signIn = createAuthenticate({
    apiKeys: { ...apiKeys, find: async () => null },
    sessions: {} as Sessions,
    cookie: createSessionCookie(undefined),
    readProxyUser: () => null,
    noteRefusal: async () => true,
    publicUrl: undefined,
  });
  const app = express().use(
    createHealthRouter({
      readReadiness: createReadiness(checks, log),
      reportPreviews,
      isOperator: createOperatorAccess({
        authenticate: signIn,
        opsToken: undefined,
        publicUrl: undefined,
        trustProxy: false,
        signInProxy: undefined,
      }).isOperator,
    }),
  );
  return (secret?: string) => {
    // As through a proxy: who is on the same machine needs no key.
    const call = supertest(app).get('/readyz').set('X-Forwarded-For', '203.0.113.7');
    return secret === undefined ? call : call.set('Authorization', `Bearer ${secret}`);
  };
}

test.each([
  ['ready', 200, { database: OPEN, upstream: OPEN }],
  ['degraded', 200, { database: OPEN, upstream: REFUSED }],
  ['not ready', 503, { database: BROKEN, upstream: REFUSED }],
])('without a key it says %s, and nothing else', async (status, code, checks) => {
  for (const secret of [undefined, 'another-secret', '']) {
    expect((await serverOf(checks)(secret).expect(code)).body).toEqual({ status });
  }
});

test('with a key it says what is wrong', async () => {
  const { body } = await serverOf({ database: BROKEN, upstream: REFUSED, blobs: OPEN })(
    SECRET,
  ).expect(503);
  expect(body).toEqual({
    status: 'not ready',
    version: VERSION,
    parts: {
      database: 'unavailable',
      upstream: 'degraded: Twilio refuses the credentials of AC1',
      blobs: 'ok',
    },
    previews: {
      kinds: { video: 'ffmpeg is not installed on the server' },
      decodersAreOffline: false,
    },
  });
});

test('keys that cannot be looked up keep nobody from asking', async () => {
  const apiKeys = { authenticate: () => Promise.reject(new Error('the database is down')) };
  const { body } = await serverOf({ database: REFUSED }, apiKeys)(SECRET).expect(200);
  expect(body).toEqual({ status: 'degraded' });
});

test('hundred who ask at once, and those of the same second, look once', async () => {
  const check = vi.fn(OPEN);
  const ready = serverOf({ blobs: check });
  await Promise.all(Array.from({ length: 100 }, () => ready().expect(200)));
  // Generous: a second may pass on a busy machine.
  expect(check.mock.calls.length).toBeLessThan(10);
});

test('a part that fails is one line when it begins and one when it is over', async () => {
  const lines: unknown[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  try {
    const check = vi.fn(BROKEN);
    const ready = serverOf({ blobs: check, database: OPEN }, { authenticate }, log);
    const probe = async (status: number) => {
      await ready().expect(status);
      vi.advanceTimersByTime(2000);
    };
    for (let n = 0; n < 5; n += 1) await probe(503);
    check.mockImplementation(OPEN);
    for (let n = 0; n < 3; n += 1) await probe(200);
    expect(check.mock.calls.length).toBeGreaterThan(5);
    expect(lines).toMatchObject([
      { level: 50, part: 'blobs', msg: 'not ready', err: { message: '/data/blobs is gone' } },
      { level: 40, part: 'blobs', msg: 'ready again', failures: 5, seconds: 10 },
    ]);
  } finally {
    vi.useRealTimers();
  }
});

test('a part that hangs holds up nobody who asks', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const isAsked = Promise.withResolvers<void>();
    const hanging = () => {
      isAsked.resolve();
      return new Promise<undefined>(() => undefined);
    };
    const answer = serverOf({ database: hanging, blobs: OPEN })(SECRET).expect(200);
    const { body } = await Promise.all([
      answer,
      isAsked.promise.then(async () => {
        // The other parts have answered by then.
        await setImmediate();
        vi.advanceTimersByTime(5000);
      }),
    ]).then(([response]) => response);
    expect(body.parts).toEqual({ database: 'degraded: did not answer within 5 s', blobs: 'ok' });
  } finally {
    vi.useRealTimers();
  }
});
