import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CallAs, callAs } from '../support/call-as.ts';
import { checkedRequest } from '../support/checked-requests.ts';
import {
  downloadExport,
  makeExport,
  readArchive,
  receivePicture,
  whenReady,
} from '../support/exports.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

let inbox: TestInbox;
let asAdmin: CallAs;
let asModerator: CallAs;
let asViewer: CallAs;
let asOther: CallAs;
beforeAll(async () => {
  inbox = await startTestInbox();
  asAdmin = inbox.api;
  asModerator = await callAs(inbox, 'moderator');
  asViewer = await callAs(inbox, 'viewer');
  asOther = await callAs(inbox, 'viewer', 'other');
});
afterAll(() => inbox.stop());

const receive = (from: string, seed: number) => receivePicture(inbox, from, seed);

test('a selection: bytes, safe names and a manifest, in the order asked for', async () => {
  const from = '+15550005001';
  const first = await receive(from, 1);
  const second = await receive(from, 2);
  const unknown = `ME${'0'.repeat(32)}`;
  const sids = [second.sid, unknown, first.sid, second.sid];
  const { headers, body } = await asViewer('post', '/api/v1/exports').send({ sids }).expect(202);
  expect(headers.location).toBe(`/api/v1/exports/${body.id}`);
  const made = await whenReady(asViewer, body.id);
  const size = Number(first.byteSize) + Number(second.byteSize);
  expect(made).toMatchObject({
    requestedBy: 'viewer',
    total: 3,
    done: 3,
    omitted: 1,
    byteSize: size,
    endedAt: expect.any(String),
  });
  expect(Date.parse(made.expiresAt) - Date.parse(made.endedAt)).toBe(24 * 3_600_000);

  const { bytes, headers: sent, files, manifest } = await downloadExport(asViewer, made.id);
  expect(sent['content-type']).toBe('application/zip');
  expect(sent['content-length']).toBe(String(bytes.length));
  expect(sent['content-disposition']).toMatch(/^attachment; filename="?export-\w{8}\.zip"?$/);
  expect(manifest).toMatchObject({
    export: made.id,
    requestedBy: 'viewer',
    media: [second, first].map(({ sid, messageSid, sha256, byteSize, receivedAt }) => ({
      sid,
      messageSid,
      from,
      to: '+14155550100',
      receivedAt,
      contentType: 'image/png',
      sha256,
      byteSize,
    })),
    omitted: [{ sid: unknown, reason: 'not_found' }],
  });
  const names = manifest.media.map(({ file }) => file);
  expect([...files.keys()]).toEqual(['manifest.json', ...names]);
  for (const name of names) expect(name).toMatch(/^media\/[\d-]{10}_\d{6}_0000[13]\.png$/);
  expect(files.get(names[0] ?? '')?.equals(await smallPicture(2))).toBe(true);
  expect(files.get(names[1] ?? '')?.equals(await smallPicture(1))).toBe(true);

  const { body: audit } = await asAdmin('get', '/api/v1/audit?action=export.create').expect(200);
  expect(audit.items).toMatchObject([
    { actor: 'viewer', target: made.id, after: { total: 3, reveal: false } },
  ]);
});

test('a filter finds what the list finds; one that matches nothing gives only a manifest', async () => {
  const from = '+15550005002';
  const wanted = await receive(from, 10);
  await receive('+15550005003', 11);
  const made = await makeExport(asViewer, { filter: { from } });
  expect(made).toMatchObject({ total: 1, omitted: 0 });
  const { manifest } = await downloadExport(asViewer, made.id);
  expect(manifest.media.map(({ sid }) => sid)).toEqual([wanted.sid]);

  const nothing = await makeExport(asViewer, { filter: { from: '+15550005999' } });
  const { files } = await downloadExport(asViewer, nothing.id);
  expect([...files.keys()]).toEqual(['manifest.json']);
});

test('ranges: any part is that of the whole, and only of the same zip', async () => {
  const sids = [(await receive('+15550005007', 40)).sid, (await receive('+15550005007', 41)).sid];
  const { id } = await makeExport(asViewer, { sids });
  const { bytes, headers } = await downloadExport(asViewer, id);
  const end = bytes.length - 1;
  for (const [start, last] of [
    [0, 0],
    [100, 800],
    [end - 21, end],
  ] as const) {
    const { body, headers } = await readArchive(asViewer, id)
      .set('Range', `bytes=${start}-${last}`)
      .expect(206);
    expect(headers['content-range']).toBe(`bytes ${start}-${last}/${bytes.length}`);
    expect(body.equals(bytes.subarray(start, last + 1))).toBe(true);
  }
  await readArchive(asViewer, id).set('Range', `bytes=${bytes.length}-`).expect(416);
  await readArchive(asViewer, id).set('If-None-Match', String(headers.etag)).expect(304);
  await readArchive(asViewer, id).set('Range', 'bytes=0-9').set('If-Range', '"x"').expect(200);
  const head = await asViewer('head', `/api/v1/exports/${id}/archive`).expect(200);
  expect(head.headers['content-length']).toBe(String(bytes.length));
});

test('only its maker and admins see it, and delete it', async () => {
  const sids = [(await receive('+15550005008', 50)).sid];
  const { id } = await makeExport(asViewer, { sids });
  const path = `/api/v1/exports/${id}`;
  for (const call of [asOther, asModerator]) {
    await call('get', path).expect(404);
    await call('get', `${path}/archive`).expect(404);
    await call('delete', path).expect(404);
    const { body } = await call('get', '/api/v1/exports?limit=200').expect(200);
    expect(body.items.map((item: { id: string }) => item.id)).not.toContain(id);
  }
  await downloadExport(asAdmin, id);
  const { body: page } = await asAdmin('get', '/api/v1/exports?limit=1').expect(200);
  expect(page.items).toMatchObject([{ id }]);
  const { body: next } = await asAdmin('get', `/api/v1/exports?limit=1&cursor=${page.nextCursor}`);
  expect(next.items[0].id).not.toBe(id);
  await asViewer('delete', path).expect(204);
  await asViewer('get', `${path}/archive`).expect(404);
  await asViewer('delete', path).expect(404);
});

test('refusals: too many sids, both or none, too many exports, whoever asks at once', async () => {
  const sid = `ME${'0'.repeat(32)}`;
  const tooMany = Array.from({ length: 10_001 }, (_, n) => `ME${String(n).padStart(32, '0')}`);
  for (const body of [
    {},
    { sids: [] },
    { sids: tooMany },
    { sids: [sid], filter: {} },
    { sids: ['../../etc/passwd'] },
    { filter: { nosuch: 1 } },
    { sids: [sid], reveal: 'yes' },
  ]) {
    await asOther('post', '/api/v1/exports').send(body).expect(400);
  }
  const answers = await Promise.all(
    Array.from({ length: 25 }, () => asOther('post', '/api/v1/exports').send({ sids: [sid] })),
  );
  // Some may be made already, and then the oldest of them goes.
  for (const { status } of answers) expect([202, 409]).toContain(status);
  const begun = answers.filter(({ status }) => status === 202).map(({ body }) => body.id);
  expect(begun.length).toBeGreaterThanOrEqual(20);
  const kept = async () => {
    const { body } = await asOther('get', '/api/v1/exports?limit=100').expect(200);
    return body.items.map(({ id }: { id: string }) => id);
  };
  const before = await kept();
  expect(before).toHaveLength(20);
  await whenReady(asOther, before.at(-1));
  const { body } = await asOther('post', '/api/v1/exports')
    .send({ sids: [sid] })
    .expect(202);
  expect(await kept()).toEqual([body.id, ...before.slice(0, 19)]);
  const { body: audit } = await asAdmin('get', `/api/v1/audit?target=${before.at(-1)}`).expect(200);
  expect(audit.items.map(({ action }: { action: string }) => action)).toContain('export.delete');
});

test('what was revealed is for its maker, as long as that is a moderator, and others are recorded', async () => {
  const { sid } = await receive('+15550005013', 63);
  await asModerator('post', `/api/v1/media/${sid}/decision`).send({ decision: 'hold' }).expect(200);
  const ofProxy = (role: string): CallAs => {
    const headers = { 'x-user': 'ada', 'x-role': role, 'sec-fetch-site': 'same-origin' };
    return (method, path) => checkedRequest(inbox.url, method, path).set(headers);
  };
  await inbox.restart({
    AUTH_PROXY_HEADER: 'X-User',
    AUTH_PROXY_ADDRESSES: '127.0.0.1',
    AUTH_PROXY_ROLE_HEADER: 'X-Role',
  });
  const body = { sids: [sid], reveal: true, reason: 'a case' };
  const { id } = await makeExport(ofProxy('moderator'), body);
  expect((await downloadExport(ofProxy('moderator'), id)).manifest.media).toHaveLength(1);
  await readArchive(ofProxy('viewer'), id).expect(403);
  const recorded = async () => {
    const { body } = await asAdmin('get', `/api/v1/audit?target=${id}`).expect(200);
    return body.items.map((entry: { action: string; actor: string }) => [
      entry.action,
      entry.actor,
    ]);
  };
  expect(await recorded()).toEqual([['export.create', 'proxy:ada']]);
  await readArchive(asAdmin, id).expect(200);
  expect(await recorded()).toEqual([
    ['export.download', 'ADMIN_API_KEY'],
    ['export.create', 'proxy:ada'],
  ]);
  await inbox.restart();
});

test('repeated with the same Idempotency-Key it is the same export', async () => {
  const sids = [`ME${'1'.repeat(32)}`];
  const ask = () =>
    asModerator('post', '/api/v1/exports').set('Idempotency-Key', 'once').send({ sids });
  const [first, second] = [await ask().expect(202), await ask().expect(202)];
  expect(second.body.id).toBe(first.body.id);
});

test('it expires: nothing to download, and its selection is forgotten', async () => {
  const { sid } = await receive('+15550005009', 60);
  await inbox.restart({ EXPORT_TTL_HOURS: '0.0005' });
  const { body } = await asModerator('post', '/api/v1/exports')
    .send({ sids: [sid] })
    .expect(202);
  const path = `/api/v1/exports/${body.id}`;
  await eventually(async () => {
    const { body: expired } = await asModerator('get', path).expect(200);
    expect(expired).toMatchObject({ state: 'expired', total: 1 });
  });
  const { body: problem } = await asModerator('get', `${path}/archive`).expect(404);
  expect(problem.detail).toBe('The export has expired.');
  await asModerator('delete', path).expect(204);
});
