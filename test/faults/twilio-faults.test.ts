import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { MediaItem } from '../../src/gallery/item-schemas.ts';
import type { AttachmentFault } from '../../src/simulator/faults.ts';
import { standIn } from '../support/stand-in-server.ts';
import { createScenario, type ListedMessage, note, type Scenario } from './scenario.ts';

// The last try of each is at the end of this: what is slow for ever fails then.
const FETCH_RETRY_HOURS = 0.02;
const GIVEN_UP_SECONDS = FETCH_RETRY_HOURS * 3600;
// What goes wrong for others is to keep nobody else waiting longer.
const SECONDS_BESIDE = 8;

interface Fault {
  name: string;
  faults: AttachmentFault[];
  end: 'stored' | 'failed';
  /** The reason that people see: while it waits, or at the end. */
  reason: RegExp;
}

let scenario: Scenario;
beforeAll(async () => {
  scenario = await createScenario({ FETCH_RETRY_HOURS: String(FETCH_RETRY_HOURS) });
});
afterAll(() => scenario.stop());

test('whatever Twilio does with media: all end stored, or failed with the right reason', async () => {
  const loop = await standIn((_request, response) =>
    response.writeHead(302, { location: '/again' }).end(),
  );
  await scenario.start({
    MEDIA_REDIRECT_HOSTS: `${scenario.twilio.mediaHost},${new URL(loop).host}`,
  });
  // Starts a decoder, which is not what the others wait for.
  await sendOrdinary(1);
  const cases: Fault[] = [
    {
      name: '404 for the first 30 s',
      faults: [{ kind: 'not-found', seconds: 30 }],
      end: 'stored',
      reason: /answered 404: the media is not there yet/,
    },
    {
      name: '503 from the API for a minute',
      faults: [{ kind: 'status', status: 503, seconds: 60 }],
      end: 'stored',
      reason: /Twilio answered 503/,
    },
    {
      name: '500 from the media host for a minute',
      faults: [{ kind: 'media-status', status: 500, seconds: 60 }],
      end: 'stored',
      reason: /media host answered 500/,
    },
    {
      name: 'connection cut mid-body, 3 times',
      faults: [{ kind: 'cut', afterBytes: 5, times: 3 }],
      end: 'stored',
      reason: /ended before the whole file/,
    },
    {
      name: 'one byte a second, once',
      faults: [{ kind: 'slow', bytesPerSecond: 1, times: 1 }],
      end: 'stored',
      reason: /too slowly/,
    },
    {
      name: 'one byte a second, for ever',
      faults: [{ kind: 'slow', bytesPerSecond: 1 }],
      end: 'failed',
      reason: /too slowly/,
    },
    {
      name: 'silent in mid-body, once',
      faults: [{ kind: 'hang', afterBytes: 5, times: 1 }],
      end: 'stored',
      reason: /too slowly|stopped arriving/,
    },
    {
      name: '429 with Retry-After: 5, 3 times',
      faults: [{ kind: 'status', status: 429, retryAfterSeconds: 5, times: 3 }],
      end: 'stored',
      reason: /answered 429: too many requests/,
    },
    {
      name: 'redirect loop',
      faults: [{ kind: 'redirect', location: `${loop}/again` }],
      end: 'failed',
      reason: /redirected more than 3 times/,
    },
    {
      name: 'redirect to a host off the list',
      faults: [{ kind: 'redirect', location: 'https://evil.example/file' }],
      end: 'failed',
      reason: /evil\.example is not among the hosts/,
    },
  ];
  const long = 'a text that takes a minute when it comes by the byte'.repeat(2);
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const sent = await Promise.all(
    cases.map(async (one) => ({
      ...one,
      ...(await scenario.send({ ...note(long), faults: one.faults })),
    })),
  );
  expect(sent.map(({ status }) => status)).toEqual(Array(cases.length).fill(200));

  const seen = new Map<string, { reasons: Set<string>; seconds: number; media: MediaItem }>();
  const isOver = () => sent.every(({ sid }) => seen.get(sid)?.media.state !== 'pending');
  const look = async () => {
    for (const { sid, media } of await scenario.messages()) {
      const known = seen.get(sid) ?? { reasons: new Set(), seconds: 0 };
      const [only] = media as [MediaItem];
      if (only.reason !== null) known.reasons.add(only.reason);
      if (only.state === 'pending') known.seconds = seconds();
      seen.set(sid, { ...known, media: only });
    }
  };
  const watch = async () => {
    do {
      await look();
      await setTimeout(100);
    } while (!isOver() && seconds() < GIVEN_UP_SECONDS + 40);
  };
  const [beside] = await Promise.all([sendOrdinary(10), watch()]);

  const rows = sent.map(({ name, sid, reason, end }) => {
    const outcome = seen.get(sid);
    const told = [...(outcome?.reasons ?? [])].find((text) => reason.test(text));
    return {
      fault: name,
      attempts: outcome?.media.attempts,
      'end state': outcome?.media.state,
      reason: told ?? [...(outcome?.reasons ?? [])].join('; '),
      seconds: Math.round(outcome?.seconds ?? Number.NaN),
      isRight: told !== undefined && outcome?.media.state === end,
    };
  });
  console.table(rows.map(({ isRight: _, ...row }) => row));
  console.log(`${beside.length} messages beside them stored within ${Math.max(...beside)} s`);
  expect(rows.filter(({ isRight }) => !isRight)).toEqual([]);
  expect(Math.max(...beside)).toBeLessThan(SECONDS_BESIDE);
  expectPauses(sent.find(({ name }) => name.startsWith('429'))?.sid ?? '', seen);
}, 180_000);

/** @returns how long each of some ordinary messages took, one after the other, in seconds */
async function sendOrdinary(count: number): Promise<number[]> {
  const durations: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const start = performance.now();
    const { sid, status } = await scenario.send(note());
    expect(status).toBe(200);
    for (let state = ''; state !== 'stored'; await setTimeout(100)) {
      const { body } = await scenario.api<ListedMessage>(`/api/v1/messages/${sid}`);
      state = body.media[0]?.state ?? '';
    }
    durations.push(Math.round((performance.now() - start) / 100) / 10);
  }
  return durations;
}

/** Nobody who asks for 5 seconds is asked again before. */
function expectPauses(messageSid: string, seen: Map<string, { media: MediaItem }>): void {
  const mediaSid = seen.get(messageSid)?.media.sid;
  const times = scenario.twilio.requests
    .filter((request) => request.server === 'api' && request.mediaSid === mediaSid)
    .map(({ at }) => at.getTime());
  expect(times).toHaveLength(4);
  const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  expect(Math.min(...pauses)).toBeGreaterThanOrEqual(5000);
}
