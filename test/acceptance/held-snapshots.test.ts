import { once } from 'node:events';
import { readdir } from 'node:fs/promises';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { snapshotsFolder } from '../../src/database/embedded/embedded-snapshot.ts';
import { openDatabase } from '../../src/database/open-database.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { ADMIN_KEY, eventually, startTestInbox, type TestInbox } from '../support/test-inbox.ts';

// A server's database has tools of its own.
describe.runIf(process.env.TEST_DATABASE_URL === undefined)('a held snapshot', () => {
  let inbox: TestInbox;
  beforeAll(async () => {
    inbox = await startTestInbox();
  });
  afterAll(() => inbox.stop());

  const request = (signal?: AbortSignal) =>
    fetch(`${inbox.url}/api/v1/snapshots`, {
      method: 'POST',
      headers: { authorization: `Bearer ${ADMIN_KEY}` },
      signal: signal ?? null,
    });
  /** Resolves with a request when the server has it. */
  async function arrived(): Promise<ClientRequest> {
    const headers = { authorization: `Bearer ${ADMIN_KEY}`, expect: '100-continue' };
    const next = http.request(`${inbox.url}/api/v1/snapshots`, { method: 'POST', headers });
    next.end();
    await once(next, 'continue');
    return next;
  }
  const folders = () => readdir(snapshotsFolder(inbox.dataDir)).catch(() => []);
  const noneIsLeft = () => eventually(async () => expect(await folders()).toEqual([]));

  test('is there until the client disconnects, and the next one waits for that', async () => {
    const ending = new AbortController();
    const { body } = await request(ending.signal);
    const first = body?.getReader();
    const { name } = JSON.parse(new TextDecoder().decode((await first?.read())?.value));
    expect(await folders()).toEqual([name]);
    const next = request();
    ending.abort();
    await expect(first?.read()).rejects.toThrow('aborted');
    const second = (await next).body?.getReader();
    const line = JSON.parse(new TextDecoder().decode((await second?.read())?.value));
    expect(await folders()).toEqual([line.name]);
    expect(line.name).not.toBe(name);
    await second?.cancel();
    await noneIsLeft();
  });

  test('is removed when the client has disconnected before it was taken', async () => {
    const ending = new AbortController();
    const answer = request(ending.signal);
    await eventually(async () => expect(await folders()).not.toEqual([]));
    ending.abort();
    await expect(answer).rejects.toThrow('aborted');
    await noneIsLeft();
    await inbox.api('get', '/api/v1/media').expect(200);
  });

  test('is not taken for a client whose turn comes when the server stops', async () => {
    const { body } = await request();
    const [first, next] = [body?.getReader(), arrived()];
    await first?.read();
    const answer = once(await next, 'response');
    await inbox.restart();
    const [response] = (await answer) as [IncomingMessage];
    expect([response.statusCode, await json(response)]).toMatchObject([
      503,
      { code: 'unavailable' },
    ]);
    await noneIsLeft();
  });

  test('does not keep the server from stopping', async () => {
    const { body } = await request();
    await inbox.restart();
    const rest = body?.pipeThrough(new TextDecoderStream());
    let text = '';
    for await (const part of rest ?? []) text += part;
    expect(text.trim().split('\n')).toHaveLength(1);
    await noneIsLeft();
  });

  test('is removed when the database is closed: the last request may still have one', async () => {
    await inbox.restart({}, async () => {
      const database = await openDatabase(inbox, createLogger('silent'));
      await database.takeSnapshot?.();
      expect(await folders()).toHaveLength(1);
      await database.close();
      expect(await folders()).toEqual([]);
    });
  });
});
