import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ErasureItem } from '../../src/moderation/senders/sender-schemas.ts';
import { callAs } from '../support/call-as.ts';
import { downloadExport, makeExport } from '../support/exports.ts';
import { findCopies } from '../support/find-copies.ts';
import { smallPicture } from '../support/small-picture.ts';
import { eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

const NUMBER = '15550004001';
const ADDRESS = `+${NUMBER}`;
const OTHER = '+15550004002';

let inbox: TestInbox;
beforeEach(async () => {
  inbox = await startTestInbox();
});
afterEach(() => inbox.stop());

async function receive(from: string, seed: number, body = `text ${seed} of ${from}`) {
  const bytes = await smallPicture(seed, 'jpeg', 300);
  const attachments = [{ bytes, contentType: 'image/jpeg' }];
  const { message } = await inbox.receive({ from, body, attachments });
  const [media] = await inbox.mediaOf(message.sid, 'stored');
  return { message, sid: String(media?.sid), bytes };
}

async function erase(body: object): Promise<ErasureItem> {
  const begun = await inbox.api('post', '/api/v1/senders/erasures').send(body).expect(202);
  return eventually(async () => {
    const { body } = await inbox.api('get', begun.headers.location ?? '').expect(200);
    expect(body.purgedAt).not.toBeNull();
    return body;
  });
}

/** Where the number, or the bytes, are still to be found: files of ours, rows, the log. */
async function traces(...bytes: Buffer[]): Promise<string[]> {
  const found = await findCopies(inbox, Buffer.from(NUMBER), ...bytes);
  return [...found, ...inbox.logLines.filter((line) => line.includes(NUMBER))];
}

test('export, erase, and nothing is left to be found but the audit entry with a keyed hash', async () => {
  const first = await receive(ADDRESS, 1, `call me at ${ADDRESS}`);
  const second = await receive(ADDRESS, 2);
  const plain = await inbox.receive({ from: ADDRESS, body: 'no picture', attachments: [] });
  const other = await receive(OTHER, 3);
  const rendition = await eventually(async () => {
    const path = `/api/v1/media/${first.sid}/rendition?as=picture`;
    return (await inbox.api('get', path).responseType('blob').expect(200)).body as Buffer;
  });
  expect(await findCopies(inbox, rendition)).not.toEqual([]);
  const put = { address: ADDRESS, policy: 'quarantine', note: `is ${ADDRESS}` };
  await inbox.api('put', '/api/v1/senders').send(put).expect(200);
  await inbox.api('post', '/api/v1/senders/export').send({ address: ADDRESS }).expect(200);
  const made = await makeExport(inbox.api, { filter: { from: ADDRESS } });
  await downloadExport(inbox.api, made.id);
  expect(await traces()).not.toEqual([]);

  const dry = await inbox
    .api('post', '/api/v1/senders/erasures')
    .send({ address: ADDRESS, dryRun: true })
    .expect(200);
  expect(dry.body).toEqual({ dryRun: true, messages: 3, media: 2 });
  const erasure = await erase({ address: ADDRESS, reasonCode: 'erasure-request' });

  expect(await traces(first.bytes, second.bytes, rendition)).toEqual([]);
  const archive = await downloadExport(inbox.api, made.id);
  expect([...archive.files.keys()]).toEqual(['manifest.json']);
  expect(archive.bytes.includes(NUMBER)).toBe(false);
  const { body: audit } = await inbox.api('get', '/api/v1/audit?action=sender.erase').expect(200);
  expect(audit.items).toMatchObject([
    { target: erasure.senderId, actor: 'ADMIN_API_KEY', reasonCode: 'erasure-request' },
  ]);
  const { body: deletion } = await inbox
    .api('get', `/api/v1/deletions/${erasure.deletionId}`)
    .expect(200);
  expect(deletion).toMatchObject({ targets: 5, scope: 'erase', withMessages: true });
  await eventually(async () => {
    const deleted = inbox.twilio.requests.filter(({ method }) => method === 'DELETE');
    for (const { message } of [first, second, plain]) {
      expect(deleted.some(({ path }) => path.includes(message.sid))).toBe(true);
    }
  });
  await inbox.api('get', `/api/v1/media/${other.sid}/content`).expect(200);
});

test('names, participants and encoded texts of its messages are erased, too', async () => {
  const text = `This text is of nobody but ${ADDRESS}, who sent it in two parts to this number.`;
  const extra = {
    ProfileName: 'Käthe Unverwechselbar',
    WaId: NUMBER,
    OtherRecipients0: '+15550004007',
    ReferralMediaUrl: 'https://cdn.example/unverwechselbar.jpg',
    ChannelMetadata: JSON.stringify({ type: 'whatsapp', data: { context: { WaId: NUMBER } } }),
  };
  const body = Buffer.from(text).toString('base64');
  const sent = [
    await inbox.receive({ from: ADDRESS, body, attachments: [], extra }),
    await inbox.receive({ from: `whatsapp:${ADDRESS}`, body, attachments: [], extra }),
  ];
  const needles = [
    'Unverwechselbar',
    'unverwechselbar',
    '15550004007',
    'This text is of nobody',
    body,
  ];
  const copies = () => traces(...needles.map((needle) => Buffer.from(needle)));
  expect(await copies()).not.toEqual([]);
  await erase({ address: ADDRESS });
  expect(await copies()).toEqual([]);
  for (const { message } of sent) {
    const { body: shown } = await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(200);
    expect(shown).toMatchObject({ body: null, details: null, location: null });
  }
});

test('neither a webhook that comes again nor reconciliation brings it back, and a block holds on', async () => {
  const { message } = await receive(ADDRESS, 1);
  await inbox.api('put', '/api/v1/senders').send({ address: ADDRESS, policy: 'refuse' });
  await erase({ address: ADDRESS });

  const url = `${inbox.url}/twilio/incoming`;
  expect((await inbox.twilio.deliver(message, { url })).status).toBe(200);
  expect(await traces()).toEqual([]);
  const { body } = await inbox.api('get', `/api/v1/messages/${message.sid}`).expect(200);
  expect(body).toMatchObject({ from: null, to: null, body: null, media: [{ state: 'deleted' }] });

  const again = await inbox.receive({
    from: ADDRESS,
    attachments: [{ bytes: await smallPicture(5), contentType: 'image/png' }],
  });
  const [media] = await inbox.mediaOf(again.message.sid, 'failed');
  expect(media?.reason).toBe('The sender is blocked');
});

test('who was never here is erased at once', async () => {
  const erasure = await erase({ address: '+15550004009' });
  expect(erasure.deletionId).toBeNull();
});

test('it is for admins, and says what it needs', async () => {
  const asModerator = await callAs(inbox, 'moderator');
  const path = '/api/v1/senders/erasures';
  await asModerator('post', path).send({ address: ADDRESS }).expect(403);
  await asModerator('get', `${path}/00000000-0000-4000-8000-000000000000`).expect(403);
  await inbox.api('get', `${path}/00000000-0000-4000-8000-000000000000`).expect(404);
  const { body } = await inbox.api('post', path).send({ adress: ADDRESS }).expect(400);
  expect(JSON.stringify(body)).not.toContain(NUMBER);
});
