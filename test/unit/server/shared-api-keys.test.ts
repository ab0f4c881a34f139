import pg from 'pg';
import supertest from 'supertest';
import { expect, onTestFinished, test, vi } from 'vitest';
import { eventually, startTestInbox } from '../../support/test-inbox.ts';

test('/readyz and the API share the look-up of keys: one statement at a time', async () => {
  const inbox = await startTestInbox();
  onTestFinished(() => inbox.stop());
  const { query } = pg.Pool.prototype as { query: (statement: unknown) => Promise<unknown> };
  const probed = Promise.withResolvers<void>();
  let lookUps = 0;
  let atOnce = 0;
  let mostAtOnce = 0;
  async function watched(this: pg.Pool, statement: { text?: string }): Promise<unknown> {
    const { text = '' } = statement;
    if (!text.includes('"api_key"')) {
      const answer = await query.call(this, statement);
      // Of `/readyz` alone, which has looked for its key by then.
      if (/FROM worker_heartbeat/.test(text)) probed.resolve();
      return answer;
    }
    lookUps += 1;
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    await probed.promise;
    atOnce -= 1;
    return query.call(this, statement);
  }
  const spy = vi.spyOn(pg.Pool.prototype, 'query').mockImplementation(watched as never);
  onTestFinished(() => spy.mockRestore());

  const call = (path: string) =>
    supertest(inbox.url)
      .get(path)
      // As through a proxy: who is on the same machine needs no key for it.
      .set('X-Forwarded-For', '203.0.113.7')
      .set('Authorization', `Bearer mmsi_${'x'.repeat(43)}`);
  const refused = call('/api/v1/messages').expect(401).then();
  await eventually(async () => expect(lookUps).toBe(1));
  await call('/readyz').expect(200);
  await refused;
  expect(lookUps).toBe(2);
  expect(mostAtOnce).toBe(1);
});
