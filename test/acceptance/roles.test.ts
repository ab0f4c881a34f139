import { afterAll, beforeAll, expect, test } from 'vitest';
import { apiRoutes } from '../support/api-routes.ts';
import { startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const ROLES = ['viewer', 'moderator', 'admin'] as const;

/** A server's database has tools of its own. */
const ON_EMBEDDED = process.env.TEST_DATABASE_URL ? 409 : 200;
type Role = (typeof ROLES)[number];

const VALUES: Record<string, string> = {
  '/media/:sid': `/media/ME${'0'.repeat(32)}`,
  '/messages/:sid': `/messages/MM${'0'.repeat(32)}`,
  '/reason-codes/:code': '/reason-codes/none',
  '/queues/:name': '/queues/held',
  '/deletions/:id': '/deletions/999999',
  '/blocklist/:id': '/blocklist/999999',
  '/endpoints/:id': `/endpoints/ep_${'0'.repeat(24)}`,
  '/deliveries/:id': `/deliveries/dlv_${'0'.repeat(32)}`,
  '/keys/:name': '/keys/nobody',
  '/sessions/:id': '/sessions/0000000000000000',
  ':id': '00000000-0000-4000-8000-000000000000',
};

// Each act with the smallest role that may do it, and the answer to those who may: an empty request
// about what is not there, which shows that it got past the key.
const ACTS: Record<string, [least: Role, status: number]> = {
  'GET /api/v1/whoami': ['viewer', 200],
  'GET /api/v1/media': ['viewer', 200],
  'GET /api/v1/media/buckets': ['viewer', 200],
  'GET /api/v1/media/page-starts': ['viewer', 200],
  'GET /api/v1/media/:sid': ['viewer', 404],
  'GET /api/v1/media/:sid/content': ['viewer', 404],
  'GET /api/v1/media/:sid/thumbnail': ['viewer', 404],
  'GET /api/v1/media/:sid/poster': ['viewer', 404],
  'GET /api/v1/media/:sid/rendition': ['viewer', 400],
  'POST /api/v1/media/similar': ['viewer', 415],
  'GET /api/v1/media/:sid/similar': ['viewer', 404],
  'POST /api/v1/media/:sid/links': ['viewer', 404],
  'POST /api/v1/media/:sid/reports': ['viewer', 400],
  'GET /api/v1/messages': ['viewer', 200],
  'GET /api/v1/messages/:sid': ['viewer', 404],

  'GET /api/v1/exports': ['viewer', 200],
  'POST /api/v1/exports': ['viewer', 400],
  'GET /api/v1/exports/:id': ['viewer', 404],
  'DELETE /api/v1/exports/:id': ['viewer', 404],
  'GET /api/v1/exports/:id/archive': ['viewer', 404],

  'POST /api/v1/media': ['moderator', 415],
  'POST /api/v1/media/retry': ['moderator', 202],
  'POST /api/v1/media/:sid/retry': ['moderator', 404],
  'GET /api/v1/previews/rebuild': ['moderator', 200],
  'POST /api/v1/previews/rebuild': ['moderator', 202],
  'DELETE /api/v1/media/:sid': ['moderator', 404],
  'GET /api/v1/media/:sid/reports': ['moderator', 404],
  'GET /api/v1/media/:sid/story': ['moderator', 404],
  'GET /api/v1/reports': ['moderator', 200],
  'POST /api/v1/reports/:id/dismiss': ['moderator', 404],
  'GET /api/v1/reason-codes': ['moderator', 200],
  'POST /api/v1/reason-codes': ['admin', 400],
  'PATCH /api/v1/reason-codes/:code': ['admin', 404],
  'DELETE /api/v1/reason-codes/:code': ['admin', 404],
  'GET /api/v1/notes': ['moderator', 400],
  'POST /api/v1/notes': ['moderator', 400],
  'DELETE /api/v1/notes/:id': ['moderator', 404],
  'GET /api/v1/queues': ['moderator', 200],
  'GET /api/v1/figures': ['moderator', 200],
  'GET /api/v1/queues/:name/items': ['moderator', 200],
  'GET /api/v1/claims': ['moderator', 200],
  'POST /api/v1/claims': ['moderator', 400],
  'POST /api/v1/claims/next': ['moderator', 400],
  'GET /api/v1/claims/:id': ['moderator', 404],
  'DELETE /api/v1/claims/:id': ['moderator', 404],
  'POST /api/v1/claims/:id/extend': ['moderator', 404],
  'POST /api/v1/claims/:id/escalate': ['moderator', 400],
  'GET /api/v1/deletions': ['moderator', 200],
  'GET /api/v1/deletions/:id': ['moderator', 404],
  'GET /api/v1/deletions/:id/targets': ['moderator', 404],
  'POST /api/v1/deletions/:id/retry': ['moderator', 404],
  'POST /api/v1/media/:sid/decision': ['moderator', 400],
  'DELETE /api/v1/messages/:sid': ['moderator', 404],
  'POST /api/v1/messages/:sid/decision': ['moderator', 400],
  'POST /api/v1/media/:sid/reveal': ['moderator', 404],
  'POST /api/v1/media/:sid/scan': ['moderator', 404],
  'POST /api/v1/media/:sid/transcribe': ['moderator', 404],
  'PUT /api/v1/media/:sid/pin': ['moderator', 404],
  'DELETE /api/v1/media/:sid/pin': ['moderator', 404],
  'POST /api/v1/media/:sid/block': ['moderator', 404],
  'GET /api/v1/blocklist': ['moderator', 200],
  'GET /api/v1/acts': ['moderator', 200],
  'POST /api/v1/acts': ['moderator', 400],
  'GET /api/v1/acts/:id': ['moderator', 404],
  'DELETE /api/v1/acts/:id': ['moderator', 404],
  'GET /api/v1/bulk': ['moderator', 200],
  'POST /api/v1/bulk': ['moderator', 400],
  'GET /api/v1/bulk/:id': ['moderator', 404],
  'GET /api/v1/bulk/:id/items': ['moderator', 404],
  'POST /api/v1/bulk/:id/cancel': ['moderator', 404],
  'POST /api/v1/bulk/:id/undo': ['moderator', 404],
  'GET /api/v1/senders': ['moderator', 200],
  'PUT /api/v1/senders': ['moderator', 400],
  'GET /api/v1/senders/strikes': ['moderator', 400],
  'GET /api/v1/audit': ['moderator', 200],
  'GET /api/v1/events': ['viewer', 200],
  'POST /api/v1/events/tickets': ['viewer', 201],

  'POST /api/v1/blocklist': ['admin', 415],
  'GET /api/v1/blocklist/:id/caught': ['moderator', 404],
  'DELETE /api/v1/blocklist/:id': ['admin', 404],
  'POST /api/v1/senders/export': ['admin', 400],
  'POST /api/v1/senders/erasures': ['admin', 400],
  'GET /api/v1/senders/erasures/:id': ['admin', 404],
  'GET /api/v1/audit/export': ['admin', 200],
  'POST /api/v1/backup': ['admin', ON_EMBEDDED],
  'GET /api/v1/refused-webhooks': ['admin', 200],
  'GET /api/v1/health': ['admin', 200],
  'GET /api/v1/operations/figures': ['admin', 200],
  'POST /api/v1/snapshots': ['admin', ON_EMBEDDED],
  'GET /api/v1/reconciliations': ['admin', 200],
  'GET /api/v1/reconciliations/sweeps': ['admin', 200],
  'POST /api/v1/reconciliations': ['admin', 400],
  'GET /api/v1/reconciliations/:id': ['admin', 404],
  'GET /api/v1/verifications': ['admin', 200],
  'POST /api/v1/verifications': ['admin', 202],
  'GET /api/v1/verifications/:id': ['admin', 404],
  'GET /api/v1/verifications/:id/findings': ['admin', 404],
  'POST /api/v1/verifications/:id/cancel': ['admin', 404],
  'GET /api/v1/endpoints': ['admin', 200],
  'POST /api/v1/endpoints': ['admin', 400],
  'GET /api/v1/endpoints/:id': ['admin', 404],
  'PATCH /api/v1/endpoints/:id': ['admin', 404],
  'DELETE /api/v1/endpoints/:id': ['admin', 404],
  'POST /api/v1/endpoints/:id/rotate-secret': ['admin', 404],
  'POST /api/v1/endpoints/:id/test': ['admin', 404],
  'POST /api/v1/endpoints/:id/resend': ['admin', 400],
  'GET /api/v1/endpoints/:id/deliveries': ['admin', 404],
  'POST /api/v1/deliveries/:id/resend': ['admin', 404],
  'POST /api/v1/session/links': ['admin', 201],
  'GET /api/v1/sessions': ['admin', 200],
  'DELETE /api/v1/sessions/:id': ['admin', 404],
  'GET /api/v1/keys': ['admin', 200],
  'POST /api/v1/keys': ['admin', 400],
  'DELETE /api/v1/keys/:name': ['admin', 404],
};

// Of these the cookie of a session decides, whatever key is sent: the answer without a cookie.
const OF_A_COOKIE: Record<string, number> = {
  'POST /api/v1/session': 400,
  'GET /api/v1/session': 401,
  'DELETE /api/v1/session': 204,
};

let inbox: TestInbox;
const secrets: Record<string, string> = {};
beforeAll(async () => {
  inbox = await startTestInbox();
  for (const role of ROLES) {
    const { body } = await inbox.api('post', '/api/v1/keys').send({ name: `the-${role}`, role });
    secrets[role] = body.secret;
  }
});
afterAll(() => inbox.stop());

async function call(method: string, path: string, secret?: string) {
  const headers: Record<string, string> =
    secret === undefined ? {} : { authorization: `Bearer ${secret}` };
  const response = await fetch(inbox.url + path, { method, headers });
  const { status } = response;
  // A stream of events has no end.
  if (status < 400) await response.body?.cancel();
  return { status, problem: status < 400 ? null : await response.json() };
}

test('every route that there is stands in the table, and no other', async () => {
  const listed = [...Object.keys(ACTS), ...Object.keys(OF_A_COOKIE)];
  expect(listed.toSorted()).toEqual((await apiRoutes()).toSorted());
});

test.each(Object.entries(OF_A_COOKIE))('no key is needed to %s', async (act, status) => {
  const [method = '', path = ''] = act.split(' ');
  for (const secret of [undefined, secrets.admin]) {
    expect((await call(method, path, secret)).status).toBe(status);
  }
});

test.each(Object.entries(ACTS))('who may %s', async (act, [least, status]) => {
  const [method = '', pattern = ''] = act.split(' ');
  const path = Object.entries(VALUES).reduce(
    (text, [name, value]) => text.replace(name, value),
    pattern,
  );
  for (const secret of [undefined, 'mmsi_nobodys']) {
    expect(await call(method, path, secret)).toMatchObject({
      status: 401,
      problem: { code: 'unauthorized' },
    });
  }
  for (const role of ROLES) {
    const answer = await call(method, path, secrets[role]);
    if (ROLES.indexOf(role) >= ROLES.indexOf(least)) {
      expect([role, answer.status, answer.problem]).toEqual([role, status, answer.problem]);
      continue;
    }
    const detail = `This requires the role ${least}; the key has ${role}.`;
    expect([role, answer]).toMatchObject([
      role,
      { status: 403, problem: { code: 'forbidden', detail } },
    ]);
  }
});
