import { execFileSync, spawnSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ROOT } from '../../src/lifecycle/project-files.ts';
import { readBlocks } from '../support/document-blocks.ts';
import { fixturePath } from '../support/fixtures.ts';
import { freePort } from '../support/free-port.ts';
import { hasProgram, PROGRAM_PATH } from '../support/has-program.ts';
import { proxyFolder, runProxy, writeNginxConfig } from '../support/run-proxy.ts';
import { ADMIN_KEY, startTestInbox } from '../support/test-inbox.ts';

// The snippets of docs/operations/proxy.md, in the real proxies, before a real server.

vi.setConfig({ testTimeout: 240_000 });
const PAGE = 'docs/operations/proxy.md';
const hasCaddy = hasProgram('caddy', 'version');
const hasNginx = hasProgram('nginx', '-v') && hasProgram('openssl', 'version');

function snippet(language: string): string {
  const blocks = readBlocks(PAGE).filter((block) => block.language === language);
  expect(blocks).toHaveLength(1);
  return blocks[0]?.text ?? '';
}

/** Fails unless every text is there: what is replaced nowhere would be tested nowhere. */
function replaced(text: string, pairs: readonly (readonly [string | RegExp, string])[]): string {
  return pairs.reduce((changed, [from, to]) => {
    const next = changed.replaceAll(from, to);
    expect(next, String(from)).not.toBe(changed);
    return next;
  }, text);
}

/** An inbox whose public URL is the proxy's. */
async function startBehind() {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const inbox = await startTestInbox({ PUBLIC_URL: url, TRUST_PROXY: 'loopback' });
  onTestFinished(() => inbox.stop());
  return { inbox, port, url, upstream: new URL(inbox.url).host };
}

async function expectOnlyWhatIsPublic({
  inbox,
  url,
}: Awaited<ReturnType<typeof startBehind>>): Promise<void> {
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const attachment = { bytes: await readFile(fixturePath('photo.png')), contentType: 'image/png' };
  const { message, answer } = await inbox.receive(
    { attachments: [attachment] },
    { url: `${url}/twilio/incoming` },
  );
  expect(answer.status).toBe(200);
  const forged = await fetch(`${url}/twilio/incoming`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': 'no' },
    body: 'MessageSid=SM1',
  });
  expect(forged.status).toBe(403);

  const [media] = await inbox.mediaOf(message.sid, 'stored');
  const path = `/api/v1/media/${media?.sid}`;
  const { body } = await inbox.api('post', `${path}/links`).send({}).expect(201);
  for (const link of [body.content, body.thumbnails.small]) {
    const { pathname, search } = new URL(link, url);
    expect((await fetch(`${url}${pathname}${search}`)).status).toBe(200);
    expect((await fetch(`${url}${pathname}${search}`, { method: 'DELETE' })).status).toBe(404);
    expect((await fetch(`${url}${pathname}?signature=made-up`)).status).toBe(403);
  }
  // A key does not help, neither alone nor beside a signature.
  const headers = { Authorization: `Bearer ${ADMIN_KEY}` };
  for (const hidden of ['/', '/desk', '/api/v1/media', `${path}/content`, '/metrics', '/readyz']) {
    expect([hidden, (await fetch(`${url}${hidden}`, { headers })).status]).toEqual([hidden, 404]);
  }
  const keyed = await fetch(`${url}${path}/content?signature=made-up`, { headers });
  expect(keyed.status).toBe(403);
}

test.skipIf(!hasCaddy)('Caddy accepts its snippet and deploy/Caddyfile', async () => {
  const folder = await proxyFolder();
  const file = join(folder, 'Caddyfile');
  for (const text of [
    snippet('caddyfile'),
    await readFile(join(ROOT, 'deploy/Caddyfile'), 'utf8'),
  ]) {
    await writeFile(file, text);
    const { status, stderr } = spawnSync(
      'caddy',
      ['validate', '--config', file, '--adapter', 'caddyfile'],
      {
        env: { PATH: PROGRAM_PATH, HOME: folder, PUBLIC_HOST: 'mms.example.com' },
        encoding: 'utf8',
      },
    );
    expect(status, stderr).toBe(0);
  }
});

test.skipIf(!hasCaddy)(
  'behind Caddy, webhooks and links are public, and nothing else',
  async () => {
    const behind = await startBehind();
    const folder = await proxyFolder();
    const file = join(folder, 'Caddyfile');
    const config = replaced(snippet('caddyfile'), [
      ['127.0.0.1:3000', behind.upstream],
      [/^mms\.example\.com/gm, `http://:${behind.port}`],
    ]);
    await writeFile(file, `{\n\tadmin off\n}\n${config}`);
    const command = ['caddy', 'run', '--config', file, '--adapter', 'caddyfile'];
    await runProxy(folder, behind.url, command);
    await expectOnlyWhatIsPublic(behind);
  },
);

test.skipIf(!hasNginx)('nginx accepts its snippet', async () => {
  const folder = await proxyFolder();
  const [certificate, key] = [join(folder, 'fullchain.pem'), join(folder, 'privkey.pem')];
  const subject = ['-subj', '/CN=mms.example.com', '-days', '2'];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate].concat(
      subject,
    ),
    { stdio: 'ignore' },
  );
  const server = replaced(snippet('nginx'), [
    ['/etc/letsencrypt/live/mms.example.com', folder],
    // Not one that only root may listen at.
    ['listen 443', `listen 127.0.0.1:${await freePort()}`],
  ]);
  const config = await writeNginxConfig(folder, server);
  const env = { PATH: PROGRAM_PATH };
  const { status, stderr } = spawnSync('nginx', ['-t', '-c', config], { env, encoding: 'utf8' });
  expect(status, stderr).toBe(0);
});

test.skipIf(!hasNginx)(
  'behind nginx, webhooks and links are public, and nothing else',
  async () => {
    const behind = await startBehind();
    const folder = await proxyFolder();
    const server = replaced(snippet('nginx'), [
      ['127.0.0.1:3000', behind.upstream],
      ['listen 443 ssl', `listen 127.0.0.1:${behind.port}`],
      [/^ *ssl_certificate.*\n/gm, ''],
    ]);
    const config = await writeNginxConfig(folder, server);
    await runProxy(folder, behind.url, ['nginx', '-c', config]);
    await expectOnlyWhatIsPublic(behind);
  },
);
