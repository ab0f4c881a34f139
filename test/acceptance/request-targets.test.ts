import { once } from 'node:events';
import { connect } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiRoutes } from '../support/api-routes.ts';
import { ACCOUNT, ADMIN_KEY, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// Request targets and hosts that no client library sends: over raw sockets, with a key and a signature,
// so that they come as far as they can.

let inbox: TestInbox;
let paths: string[];
beforeAll(async () => {
  const routes = (await apiRoutes()).map((route) => route.split(' ')[1] ?? '');
  const path = `/2010-04-01/Accounts/${ACCOUNT.sid}/Messages`;
  const others = ['/', '/healthz', '/readyz', '/metrics', '/twilio/incoming', `${path}.json`, path];
  // The stream of events never ends by itself.
  paths = [...new Set([...routes, ...others])].filter((route) => route !== '/api/v1/events');
  inbox = await startTestInbox();
});
afterAll(() => inbox.stop());

interface Sent {
  method?: string;
  target: string;
  /** All lines of the head besides those that are always sent. */
  host?: string;
}

/** @returns the status line's code, and the rest of the answer; 0 where the connection is just closed */
async function send({ method = 'GET', target, host = 'Host: h' }: Sent) {
  const { hostname, port } = new URL(inbox.url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk)).on('error', () => undefined);
  const head = [
    `${method} ${target} HTTP/1.1`,
    host,
    `Authorization: Bearer ${ADMIN_KEY}`,
    'X-Twilio-Signature: Zm9yZ2VkIHNpZ25hdHVyZSE9PT0=',
    'Connection: close',
  ];
  socket.write(Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'));
  await once(socket, 'close');
  const text = Buffer.concat(chunks).toString('latin1');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), text };
}

/** Fails for an answer of 500 or above, and for a fault that was logged. */
async function expectNoFault(sent: Sent): Promise<number> {
  const before = inbox.logLines.length;
  const { status, text } = await send(sent);
  const faults = inbox.logLines.slice(before).filter((line) => JSON.parse(line).level >= 50);
  const said = JSON.stringify({ sent, text: text.slice(0, 200), faults });
  expect(status, said).toBeLessThan(500);
  expect(faults, said).toEqual([]);
  return status;
}

const NUL = '%00';
const odd = [
  '*',
  '//',
  '///',
  '//h:99999/twilio/incoming',
  '/%',
  '/%zz?%zz',
  `/${NUL}`,
  '/?',
  '/??',
  '/?#',
  '/#',
  '/\\\\h/x',
  '/ä\xff',
  'http://h:99999/twilio/incoming',
  'http://h:99999/twilio/incoming?AccountSid=AC1',
  'http://',
  'http://[/twilio/incoming',
  'http://[::1/',
  'http://h h/',
  'https://user:pass@h/twilio/incoming',
  'http:/twilio/incoming',
  'http:twilio',
  'ftp://h/x',
  'javascript:alert(1)',
  'h:443',
  'h',
  '?',
  '#',
  '%',
  `/${'a'.repeat(12_000)}`,
  `/${'%00'.repeat(4000)}`,
  `/twilio/incoming?${'a&'.repeat(6000)}`,
  `/${'/'.repeat(12_000)}`,
];

test.each(odd.flatMap((target) => ['GET', 'POST', 'OPTIONS'].map((method) => [method, target])))(
  '%s %s is no fault of ours',
  async (method, target) => {
    await expectNoFault({ method, target });
  },
);

test('no route has a target that is one', async () => {
  const spoilt = (path: string) => [
    path.replaceAll(/:\w+|\*\w+/g, '%'),
    path.replaceAll(/:\w+|\*\w+/g, NUL),
    path.replaceAll(/:\w+|\*\w+/g, '%FF%FE'),
    path.replaceAll(/:\w+|\*\w+/g, 'x'.repeat(5000)),
    `${path}?${NUL}=${NUL}`,
    `${path}?from=${NUL}&to=${NUL}&cursor=${NUL}&state=${NUL}&sid=${NUL}&actor=${NUL}&target=${NUL}`,
    `${path}?from=%ED%A0%80&limit=1e99&cursor=%zz`,
    `${path}?PageToken=${NUL}&Page=1e9&PageSize=-1&DateSent=${NUL}`,
    `${path}?expires=${NUL}&signature=${NUL}&size=${NUL}`,
    `http://h:99999${path}`,
    `http://h${path}?a=${NUL}`,
  ];
  for (const path of paths) {
    for (const target of spoilt(path)) {
      for (const method of ['GET', 'DELETE']) await expectNoFault({ method, target });
    }
  }
}, 120_000);

test('nor has anything that begins like one', async () => {
  const piece = fc.constantFrom(
    ...['/', '//', '%', NUL, '%2F', '%5C', '?', '&', '=', '#', ':', '@', '[', ']', '*', '..', '.'],
    ...['http://', 'https://', 'h', ':99999', '{', '}', '"', '<', '\xff', '\t', ';', '+', '%ED%A0'],
  );
  const target = fc
    .tuple(fc.constantFrom('', ...paths), fc.array(piece, { minLength: 1, maxLength: 8 }))
    .map(([path, pieces]) => path + pieces.join(''));
  const host = fc.constantFrom(
    'Host: h',
    'Host: h:99999',
    'Host: [',
    'Host: a b',
    'Host: ',
    'Host: \xff',
    'Host: h/x?y#z',
    'Host: h\r\nX-Forwarded-Host: [\r\nX-Forwarded-Proto: %',
  );
  const method = fc.constantFrom('GET', 'POST', 'HEAD', 'OPTIONS', 'DELETE', 'PROPFIND');
  await fc.assert(
    fc.asyncProperty(fc.record({ method, target, host }), async (sent) => {
      await expectNoFault(sent);
    }),
    { numRuns: 400 },
  );
}, 120_000);

test.each([
  'Host: h:99999',
  'Host: [',
  'Host: a b',
  'Host: h@@',
  'Host: ',
  'Host: h\r\nHost: other',
  'X-No-Host: 1',
])('%j makes no fault', async (host) => {
  for (const path of ['/twilio/incoming', '/api/v1/media', '/readyz', '/twilio/incoming?a=b']) {
    await expectNoFault({ target: path, host });
  }
});

test('the absolute form that proxies send is served as the path that it names', async () => {
  const { status, text } = await send({ target: `http://other.example/healthz?x=1` });
  expect([status, text]).toEqual([200, expect.stringContaining('{"status":"ok"}')]);
});

test('a host that is none changes nothing about it', async () => {
  const { status, text } = await send({ target: 'http://h:99999/twilio/incoming' });
  expect([status, text]).toEqual([403, expect.stringContaining('"code":"signature_invalid"')]);
});

test('what is no target is told so, in words that programs read', async () => {
  const { status, text } = await send({ target: 'ftp://h/twilio/incoming' });
  expect(status).toBe(400);
  expect(text).toContain('application/problem+json');
  expect(text).toContain('"code":"invalid_request"');
});
