import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { z } from 'zod';
import { openTracing } from '../../src/monitoring/tracing.ts';
import { sampleAttachment } from '../../src/simulator/samples/sample-attachments.ts';
import {
  ACCOUNT,
  ADMIN_KEY,
  eventually,
  startTestInbox,
  type TestInbox,
} from '../support/test-inbox.ts';

// Servers start anew, and a message goes all its way.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 });
const PATIENCE_MS = 150_000;

const FROM = '+15550007711';
const WORDS = 'words that nobody else may read';

const span = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes: z.array(z.object({ key: z.string(), value: z.unknown() })),
  status: z.object({ code: z.number().optional() }),
});
type Span = z.output<typeof span>;
const exported = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({
        attributes: z.array(z.object({ key: z.string(), value: z.unknown() })),
      }),
      scopeSpans: z.array(z.object({ spans: z.array(span) })),
    }),
  ),
});

/** A collector of OTLP over HTTP, as JSON. */
const bodies: string[] = [];
const paths = new Set<string>();
const collector = createServer(async (request, response) => {
  expect(request.method).toBe('POST');
  paths.add(request.url ?? '');
  bodies.push(await text(request));
  response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
});

function spans(): Span[] {
  return bodies
    .flatMap((body) => exported.parse(JSON.parse(body)).resourceSpans)
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
}

const difference = (one: string, other: string) => Number(BigInt(one) - BigInt(other));

/** Those with a message's sid, and those of their traces, in order of their beginning. */
function traceOf(messageSid: string): Span[] {
  const own = spans().filter(({ attributes }) => JSON.stringify(attributes).includes(messageSid));
  const ids = new Set(own.map(({ traceId }) => traceId));
  return spans()
    .filter(({ traceId }) => ids.has(traceId))
    .sort(
      // What begins in the same millisecond: the outer one ends later.
      (a, b) =>
        difference(a.startTimeUnixNano, b.startTimeUnixNano) ||
        difference(b.endTimeUnixNano, a.endTimeUnixNano),
    );
}

let inbox: TestInbox;
let endpoint: string;
beforeAll(async () => {
  await once(collector.listen(0, '127.0.0.1'), 'listening');
  endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  // OpenTelemetry's SDK reads the environment itself.
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
  vi.stubEnv('OTEL_BSP_SCHEDULE_DELAY', '200');
  inbox = await startTestInbox({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint });
});
afterAll(async () => {
  await inbox.stop();
  collector.close();
  vi.unstubAllEnvs();
});

// Bytes that are known already get no preview.
let seed = 0;
const receive = async () => {
  seed += 1;
  const photo = await sampleAttachment('landscape', seed);
  return inbox.receive({ attachments: [photo], from: FROM, body: WORDS });
};

const STEPS = new Set(['webhook', 'job fetch-media', 'download', 'preview', 'store']);

async function expectWholeTrace(messageSid: string): Promise<Span[]> {
  return eventually(async () => {
    const trace = traceOf(messageSid);
    const names = trace.map(({ name }) => name);
    expect(names.slice(0, 2)).toEqual(['webhook', 'job fetch-media']);
    // On a slow machine the preview is left to a job of its own.
    expect(new Set(names.filter((name) => name !== 'job preview-media'))).toEqual(STEPS);
    expect(new Set(trace.map(({ traceId }) => traceId)).size).toBe(1);
    const [webhook, ...others] = trace;
    expect(webhook?.parentSpanId).toBeUndefined();
    const jobs = others.filter(({ name }) => name.startsWith('job '));
    for (const job of jobs) expect(job.parentSpanId).toBe(webhook?.spanId);
    const jobIds = jobs.map(({ spanId }) => spanId);
    for (const span of others) {
      if (!jobs.includes(span)) expect(jobIds).toContain(span.parentSpanId);
    }
    for (const { startTimeUnixNano, endTimeUnixNano } of trace) {
      expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(startTimeUnixNano));
    }
    return trace;
  }, PATIENCE_MS);
}

test('a message is one trace, from its webhook to its preview', async () => {
  const { message } = await receive();
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  const [webhook, job] = await expectWholeTrace(message.sid);
  expect(webhook?.attributes).toContainEqual({
    key: 'mms_inbox.outcome',
    // On a slow machine the database is given up too soon.
    value: { stringValue: expect.stringMatching(/^(new|spooled)$/) },
  });
  expect(job?.attributes).toContainEqual({
    key: 'mms_inbox.media_sid',
    value: { stringValue: media?.sid },
  });
  expect(bodies.join()).toContain('"stringValue":"mms-inbox"');
  expect([...paths]).toEqual(['/v1/traces']);
});

test('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT alone is enough, and is the whole URL', async () => {
  const url = `${endpoint}/traces-of-mms`;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', undefined);
  vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', url);
  paths.clear();
  try {
    await inbox.restart({
      OTEL_EXPORTER_OTLP_ENDPOINT: '',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: url,
    });
    const { message } = await receive();
    await expectWholeTrace(message.sid);
    expect([...paths]).toEqual(['/traces-of-mms']);
  } finally {
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
    vi.stubEnv('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', undefined);
    await inbox.restart();
  }
});

test('it is one trace, too, when another process works on it later', async () => {
  await inbox.restart({ ROLES: 'receiver' });
  const { message } = await receive();
  await inbox.restart();
  await inbox.mediaOf(message.sid, 'stored');
  await expectWholeTrace(message.sid);
});

test('a try that fails is marked, by its code alone', async () => {
  const faults = [{ kind: 'status' as const, status: 503, times: 1 }];
  const note = { bytes: Buffer.from('a note'), contentType: 'text/plain', faults };
  const { message } = await inbox.receive({ attachments: [note], from: FROM, body: WORDS });
  await eventually(async () => {
    const [job] = traceOf(message.sid).filter(({ name }) => name === 'job fetch-media');
    expect(job?.status.code).toBe(2);
    expect(job?.attributes).toContainEqual({
      key: 'error.type',
      value: { stringValue: 'upstream-error' },
    });
  }, PATIENCE_MS);
});

test('nothing that a message says is in spans, no number and no token', async () => {
  const { message } = await receive();
  await expectWholeTrace(message.sid);
  const all = bodies.join();
  for (const secret of [FROM, FROM.slice(1), WORDS, ACCOUNT.authToken, ADMIN_KEY]) {
    expect(all).not.toContain(secret);
  }
  expect(all).not.toMatch(/https?:/);
});

test('a collector that does not answer does not hold up the stop', async () => {
  const silent = createServer(() => undefined);
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    silent.closeAllConnections();
    silent.close();
    vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', endpoint);
  });
  const { port } = silent.address() as AddressInfo;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
  const tracing = await openTracing();
  tracing.webhook({ messageSid: `MM${'0'.repeat(32)}`, outcome: 'new', seconds: 0.1 });
  const began = performance.now();
  await tracing.close();
  // The exporter itself gives up after ten.
  expect(performance.now() - began).toBeLessThan(8000);
});

test('where the SDK is not installed, the start says what to install', async () => {
  vi.doMock('@opentelemetry/sdk-trace-base', () => {
    throw new Error('Cannot find package');
  });
  await expect(openTracing()).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/npm install --no-save @opentelemetry\/api@1 /),
  });
  vi.doUnmock('@opentelemetry/sdk-trace-base');
});
