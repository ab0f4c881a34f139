import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../support/test-inbox.ts';

/** It creates a database, and draws forty pictures. */
const START_MS = 150_000;

test(
  'the demo ends by printing a link that signs in to a page with something to look at',
  async () => {
    const demo = spawn(process.execPath, ['src/cli.ts', 'demo'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => {
      demo.kill('SIGKILL');
    });
    let output = '';
    for (const stream of [demo.stdout, demo.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    await eventually(async () => expect(output).toContain('npm run cli -- sign-in-link'), START_MS);
    const [, url = '', ticket] = /^ {2}(http:\S+)\/#ticket=(\S+)$/m.exec(output) ?? [];
    expect((await fetch(url)).headers.get('content-type')).toMatch(/^text\/html/);
    const answer = await fetch(`${url}/api/v1/session`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin' },
      body: JSON.stringify({ ticket }),
    });
    expect(answer.status).toBe(201);
    const [cookie = ''] = answer.headers.getSetCookie();
    const list = await fetch(`${url}/api/v1/media?limit=200`, { headers: { cookie } });
    const { items } = (await list.json()) as { items: { receivedAt: string }[] };
    expect(items.length).toBeGreaterThanOrEqual(40);
    expect(new Set(items.map(({ receivedAt }) => receivedAt.slice(0, 10))).size).toBeGreaterThan(
      10,
    );
    const exit = once(demo, 'exit');
    demo.kill('SIGINT');
    expect(await exit, output).toEqual([0, null]);
  },
  START_MS + 30_000,
);
