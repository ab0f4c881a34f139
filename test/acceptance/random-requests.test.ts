import fc, { type Arbitrary } from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApiDocument } from '../../src/reference/api-document.ts';
import { arbitraryOf, type JsonSchema } from '../support/arbitrary-of.ts';
import { ACCOUNT, ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const REQUESTS = 2000;

interface DescribedOperation {
  operationId: string;
  parameters?: { in: string; name: string; required?: boolean; schema: JsonSchema }[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
}

interface RandomRequest {
  id: string;
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | FormData | undefined;
}

// Their answers do not end. Everything else of the document is called.
const LEFT_OUT = new Set(['followEvents', 'holdSnapshot']);

const document = JSON.parse(JSON.stringify(createApiDocument()));
const resolve = (ref: string): JsonSchema =>
  ref
    .slice(2)
    .split('/')
    .reduce((node, key) => node[key], document);

let inbox: TestInbox;
const known: string[] = [];
beforeAll(async () => {
  inbox = await startTestInbox();
  for (let n = 0; n < 20; n += 1) {
    const { body } = await inbox
      .api('post', '/api/v1/media')
      .field('from', '+15551234567')
      .attach('files', Buffer.from(`text number ${n}`), 'a.txt')
      .expect(201);
    known.push(body.messageSid, ...body.items.map(({ sid }: { sid: string }) => sid));
  }
});
afterAll(() => inbox.stop());

test(`${REQUESTS} random requests: no 5xx, and every refusal is a problem with a described code`, {
  timeout: 300_000,
}, async () => {
  const requests = fc.sample(anyRequest(), {
    numRuns: REQUESTS,
    seed: Number(process.env.SEED ?? 20_261_129),
  });
  const statuses = new Map<string, number>();
  for (const { id, method, path, headers, body } of requests) {
    // The answer is compared with the document by the harness.
    const response = await fetch(inbox.url + path, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body }),
    });
    await response.arrayBuffer();
    const told = `${method} ${path} ${typeof body === 'string' ? body : ''}`;
    expect(response.status, told).toBeLessThan(500);
    const kind = `${id} ${Math.floor(response.status / 100)}xx`;
    statuses.set(kind, (statuses.get(kind) ?? 0) + 1);
  }
  // It is no use when everything is refused before it is looked at.
  const accepted = [...statuses.keys()].filter((kind) => kind.endsWith(' 2xx'));
  expect(accepted.length).toBeGreaterThan(25);
});

function anyRequest(): Arbitrary<RandomRequest> {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods as Record<string, DescribedOperation>).map(([method, operation]) =>
      requestOf(path, method, operation),
    ),
  );
  return fc.oneof(...operations.filter((one) => one !== null));
}

function requestOf(path: string, method: string, operation: DescribedOperation) {
  if (LEFT_OUT.has(operation.operationId)) return null;
  const parameters = operation.parameters ?? [];
  const ofKind = (kind: string) => parameters.filter((parameter) => parameter.in === kind);
  return fc
    .record({
      path: fc.record(
        Object.fromEntries(
          ofKind('path').map(({ name, schema }) => [name, pathValue(name, schema, path)]),
        ),
      ),
      query: fc.record(
        Object.fromEntries(
          // A random cursor is never one of this list.
          ofKind('query').map(({ name, schema }) => [
            name,
            atTimes(mostly(describedValue(schema)), name === 'cursor' ? 20 : 4),
          ]),
        ),
      ),
      more: atTimes(fc.tuple(fc.string({ maxLength: 10 }), fc.string({ maxLength: 10 })), 20),
      headers: fc.record(
        Object.fromEntries(ofKind('header').map(({ name }) => [name, printable()])),
        { requiredKeys: [] },
      ),
      body: bodyOf(operation),
      hasKey: fc.integer({ min: 0, max: 19 }).map((n) => n > 0),
    })
    .map(({ path: values, query, more, headers, body, hasKey }): RandomRequest => {
      const search = new URLSearchParams(
        Object.entries(query).flatMap(([name, value]) =>
          value === undefined ? [] : [[name, String(value)]],
        ),
      );
      if (more !== undefined) search.append(...more);
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
        encodeURIComponent(String(values[name])),
      );
      return {
        id: operation.operationId,
        method: method.toUpperCase(),
        path: search.size === 0 ? filled : `${filled}?${search}`,
        headers: {
          ...(headers as Record<string, string>),
          ...(hasKey ? { authorization: authorization(path) } : {}),
          ...(typeof body === 'string' ? { 'content-type': 'application/json' } : {}),
        },
        body,
      };
    });
}

function authorization(path: string): string {
  return path.startsWith('/2010-04-01')
    ? `Basic ${btoa(`ADMIN_API_KEY:${ADMIN_KEY}`)}`
    : `Bearer ${ADMIN_KEY}`;
}

function bodyOf({ requestBody }: DescribedOperation): Arbitrary<string | FormData | undefined> {
  const json = requestBody?.content['application/json']?.schema;
  const form = requestBody?.content['multipart/form-data']?.schema;
  if (form !== undefined) {
    return fc
      .record({ fields: mostly(describedValue(form)), bytes: fc.uint8Array({ maxLength: 200 }) })
      .map(({ fields, bytes }) => {
        const data = new FormData();
        for (const [name, value] of Object.entries(Object(fields))) {
          const isFile = name === 'file' || name === 'files';
          if (isFile) data.append(name, new Blob([bytes as Uint8Array<ArrayBuffer>]), 'file.bin');
          else data.append(name, String(value));
        }
        return data;
      });
  }
  if (json === undefined) return fc.constant(undefined);
  const written = mostly(describedValue(json)).map((value) => JSON.stringify(value) ?? '{');
  return fc.oneof(
    { arbitrary: written, weight: 20 },
    { arbitrary: fc.string({ maxLength: 20 }), weight: 1 },
  );
}

function describedValue(schema: JsonSchema): Arbitrary<unknown> {
  return arbitraryOf(schema, resolve);
}

/** Mostly sids that exist, or existed. */
function pathValue(name: string, schema: JsonSchema, path: string): Arbitrary<unknown> {
  const isMessage = name === 'MessageSid' || /messages\/\{sid\}|Messages\/\{Sid\}/.test(path);
  const prefix = isMessage ? 'MM' : 'ME';
  if (name === 'AccountSid') return fc.constant(ACCOUNT.sid);
  const existing = fc
    .nat()
    .map((n) => known.filter((sid) => sid.startsWith(prefix)).at(n % (known.length / 2)));
  return fc.oneof(
    { arbitrary: existing, weight: 3 },
    { arbitrary: describedValue(schema), weight: 2 },
    { arbitrary: fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }), weight: 1 },
  );
}

/** Once in so many times; otherwise undefined. */
function atTimes<T>(value: Arbitrary<T>, times: number): Arbitrary<T | undefined> {
  return fc.oneof(
    { arbitrary: value, weight: 1 },
    { arbitrary: fc.constant(undefined), weight: times - 1 },
  );
}

/** As described, and at times anything. */
function mostly(described: Arbitrary<unknown>): Arbitrary<unknown> {
  return fc.oneof({ arbitrary: described, weight: 9 }, { arbitrary: fc.jsonValue(), weight: 1 });
}

function printable(): Arbitrary<string> {
  return fc.string({ minLength: 1, maxLength: 40 }).map((text) => text.trim() || '-');
}
