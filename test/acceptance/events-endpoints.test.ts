import { expect, test } from 'vitest';
import { addEndpoint, deliveriesTo, endpointOf, inboxWithReceiver } from '../support/events.ts';
import { eventually } from '../support/test-inbox.ts';

const both = inboxWithReceiver({ EVENT_RETRY_SECONDS: '1,60' });
const ENDPOINTS = '/api/v1/endpoints';
const PUBLIC = 'https://203.0.114.1/hook';

test('an endpoint is made, listed, changed and deleted; its secret is told once', async () => {
  const { inbox } = both;
  const { body: made, headers } = await inbox
    .api('post', ENDPOINTS)
    .send({ url: PUBLIC, description: 'the moderation tool', types: ['media.stored'] })
    .expect(201);
  expect(made).toEqual({
    id: expect.stringMatching(/^ep_/),
    url: PUBLIC,
    description: 'the moderation tool',
    types: ['media.stored'],
    state: 'active',
    pausedReason: null,
    pausedAt: null,
    failingSince: null,
    previousSecretUntil: null,
    createdAt: expect.stringMatching(/Z$/),
    secret: expect.stringMatching(/^whsec_[A-Za-z0-9+/]{43}=$/),
  });
  expect(headers).toMatchObject({
    location: `${ENDPOINTS}/${made.id}`,
    'cache-control': 'no-store',
  });
  const { secret, ...shown } = made;
  expect((await inbox.api('get', ENDPOINTS).expect(200)).body).toEqual({
    items: [shown],
    nextCursor: null,
  });
  expect(await endpointOf(inbox, made.id)).toEqual(shown);

  const { body: changed } = await inbox
    .api('patch', `${ENDPOINTS}/${made.id}`)
    .send({ types: null, description: '' })
    .expect(200);
  expect(changed).toEqual({ ...shown, types: null, description: '' });
  await inbox.api('delete', `${ENDPOINTS}/${made.id}`).expect(204);
  for (const [method, path] of [
    ['get', ''],
    ['patch', ''],
    ['delete', ''],
    ['post', '/rotate-secret'],
    ['get', '/deliveries'],
  ] as const) {
    await inbox.api(method, `${ENDPOINTS}/${made.id}${path}`).expect(404);
  }
  expect(inbox.logLines.join('')).not.toContain(secret);
});

test('endpoints are listed in pages, the oldest first', async () => {
  const { inbox } = both;
  const made: string[] = [];
  for (const description of ['first', 'second', 'third']) {
    const { body } = await inbox.api('post', ENDPOINTS).send({ url: PUBLIC, description });
    made.push(body.id);
  }
  const { body: first, headers } = await inbox.api('get', `${ENDPOINTS}?limit=2`).expect(200);
  const next = `${ENDPOINTS}?limit=2&cursor=${first.nextCursor}`;
  expect(headers.link).toBe(`<${inbox.url}${next}>; rel="next"`);
  const { body: last } = await inbox.api('get', next).expect(200);
  expect(last.nextCursor).toBeNull();
  const listed = [...first.items, ...last.items].map(({ id }: { id: string }) => id);
  expect(listed).toEqual(made);
  await inbox.api('get', `${ENDPOINTS}?cursor=${btoa('[0,"x"]')}`).expect(400);
  for (const id of made) await inbox.api('delete', `${ENDPOINTS}/${id}`).expect(204);
});

test('a new secret signs beside the old one for a day', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver);
  const { body, headers } = await inbox.api('post', `${ENDPOINTS}/${id}/rotate-secret`).expect(200);
  expect(headers['cache-control']).toBe('no-store');
  const hours = (Date.parse(body.previousSecretUntil) - Date.now()) / 3_600_000;
  expect(hours).toBeGreaterThan(23.9);
  expect(hours).toBeLessThan(24.1);
  expect(await endpointOf(inbox, id)).toMatchObject({
    previousSecretUntil: body.previousSecretUntil,
  });
  await inbox.receive({ attachments: [] });
  await eventually(async () => expect(receiver.accepted).toHaveLength(1));
  receiver.secret = body.secret;
  await inbox.receive({ attachments: [] });
  await eventually(async () => expect(receiver.accepted).toHaveLength(2));
  expect(receiver.refused).toBe(0);
  expect(receiver.accepted[1]?.headers['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
});

test.each([
  ['http://203.0.114.1/hook', 'https'],
  ['ftp://203.0.114.1/hook', 'https'],
  ['hook', 'absolute'],
  ['https://user:password@203.0.114.1/', 'no user name'],
  ['https://203.0.114.1/#hook', 'fragment'],
  ['https://127.0.0.1/', 'public internet'],
  ['https://10.1.2.3:8443/hook', 'public internet'],
  ['https://169.254.169.254/latest/meta-data', 'public internet'],
  ['https://[::1]/', 'public internet'],
  ['https://[::ffff:10.0.0.1]/', 'public internet'],
  ['https://[fd00::1]/', 'public internet'],
  ['https://2130706433/', 'public internet'],
  ['https://0x7f.1/', 'public internet'],
  ['https://localhost/', 'public internet'],
  ['http://localhost:1/', 'https'],
  ['https://no-such-host.invalid/', 'looked up'],
])('the URL %s is refused: %s', async (url, why) => {
  const { inbox, receiver } = both;
  const post = await inbox.api('post', ENDPOINTS).send({ url }).expect(400);
  expect(post.body.errors).toEqual([{ field: 'url', message: expect.stringContaining(why) }]);
  const { id } = await addEndpoint(inbox, receiver);
  const patch = await inbox.api('patch', `${ENDPOINTS}/${id}`).send({ url }).expect(400);
  expect(patch.body.errors).toEqual(post.body.errors);
  expect(await endpointOf(inbox, id)).toMatchObject({ url: receiver.url });
});

test.each([
  [{}, 'url'],
  [{ url: 7 }, 'url'],
  [{ url: PUBLIC, types: [] }, 'types'],
  [{ url: PUBLIC, types: ['media.stored', 'media.stored'] }, 'types'],
  [{ url: PUBLIC, types: ['media.seen'] }, 'types.0'],
  [{ url: PUBLIC, description: 'x'.repeat(201) }, 'description'],
  [{ url: PUBLIC, description: 'a\0b' }, 'description'],
  [{ url: PUBLIC, secret: 'whsec_mine' }, 'secret'],
  [{ url: PUBLIC, state: 'paused' }, 'state'],
])('an endpoint of %j is refused, naming %s', async (settings, field) => {
  const { body } = await both.inbox.api('post', ENDPOINTS).send(settings).expect(400);
  expect(body.errors).toMatchObject([{ field }]);
});

test('a redirect is not followed, wherever it leads', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver);
  const location = `${receiver.url}/inside`;
  receiver.answer = () => ({ status: 307, headers: { location } });
  await inbox.receive({ attachments: [] });
  const [delivery] = await eventually(async () => {
    const deliveries = await deliveriesTo(inbox, id);
    expect(deliveries[0]?.attempts).toHaveLength(2);
    return deliveries;
  });
  expect(delivery?.attempts[0]).toMatchObject({
    status: 307,
    error: 'The endpoint answered 307; redirects are not followed',
  });
  expect(new Set(receiver.received.map(({ path }) => path))).toEqual(new Set(['/events']));
});

test('a host that is not allowed any more gets nothing', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver);
  await inbox.restart({ EVENT_HOSTS: '' });
  await inbox.receive({ attachments: [] });
  await eventually(async () => {
    const [delivery] = await deliveriesTo(inbox, id);
    expect(delivery?.attempts[0]).toMatchObject({
      status: null,
      error: expect.stringContaining('no longer allowed'),
    });
  });
  expect(receiver.received).toEqual([]);
  await inbox.restart();
});

test('deliveries are listed page by page', async () => {
  const { inbox, receiver } = both;
  const { id } = await addEndpoint(inbox, receiver);
  for (let n = 0; n < 3; n += 1) await inbox.receive({ attachments: [] });
  await eventually(async () => expect(receiver.accepted).toHaveLength(3));
  const path = `${ENDPOINTS}/${id}/deliveries`;
  const first = (await inbox.api('get', `${path}?limit=2`).expect(200)).body;
  const second = (await inbox.api('get', `${path}?limit=2&cursor=${first.nextCursor}`)).body;
  expect(second.nextCursor).toBeNull();
  const listed = [...first.items, ...second.items].map(({ eventId }) => eventId);
  expect(listed.toSorted()).toEqual(receiver.accepted.map((event) => event.id).toSorted());
  for (const [query, field] of [
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['state=lost', 'state'],
    ['cursor=nonsense', 'cursor'],
    ['colour=red', 'colour'],
  ]) {
    const { body } = await inbox.api('get', `${path}?${query}`).expect(400);
    expect(body.errors).toMatchObject([{ field }]);
  }
});
