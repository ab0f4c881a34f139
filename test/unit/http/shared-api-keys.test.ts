import { expect, onTestFinished, test, vi } from 'vitest';
import { createApiKeys } from '../../../src/http/api-keys.ts';
import { startTestInbox } from '../../support/test-inbox.ts';

vi.mock('../../../src/http/api-keys.ts', async (importOriginal) => {
  const original = await importOriginal<typeof import('../../../src/http/api-keys.ts')>();
  return { ...original, createApiKeys: vi.fn(original.createApiKeys) };
});

test('one process has one look-up of keys, which /readyz and the API share', async () => {
  const inbox = await startTestInbox();
  onTestFinished(() => inbox.stop());
  await inbox.api('get', '/readyz').expect(200);
  await inbox.api('get', '/api/v1/messages').expect(200);
  expect(createApiKeys).toHaveBeenCalledTimes(1);
});
