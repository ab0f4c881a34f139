import { expect, test } from 'vitest';
import { createLifecycle } from '../../../src/lifecycle/lifecycle.ts';

test('closes the last first, one after the other, and each once', async () => {
  const closed: string[] = [];
  const lifecycle = createLifecycle();
  lifecycle.add('database', () => closed.push('database'));
  lifecycle.add('queue', async () => {
    await Promise.resolve();
    closed.push('queue');
  });
  await Promise.all([lifecycle.close(), lifecycle.close()]);
  await lifecycle.close();
  expect(closed).toEqual(['queue', 'database']);
});

test('what fails is named, and keeps nothing else from being closed', async () => {
  const closed: string[] = [];
  const lifecycle = createLifecycle();
  lifecycle.add('database', () => closed.push('database'));
  lifecycle.add('queue', () => {
    throw new Error('no');
  });
  await expect(lifecycle.close()).rejects.toMatchObject({
    errors: [expect.objectContaining({ message: 'queue was not closed' })],
  });
  expect(closed).toEqual(['database']);
});
