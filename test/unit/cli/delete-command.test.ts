import { Command } from 'commander';
import { expect, onTestFinished, test, vi } from 'vitest';
import { addDeleteCommand } from '../../../src/cli/delete-command.ts';
import type { CallApi } from '../../../src/cli/with-api.ts';

test('delete tells of the record that its answer names, whatever else is being deleted', async () => {
  const asked: string[] = [];
  const ask = async (method: string, path: string) => {
    asked.push(`${method} ${path}`);
    if (path.endsWith('dryRun=true')) return { dryRun: true, media: 3, messages: 0 };
    return { id: '7', targets: 1, local: { done: 1 }, upstream: { pending: 1 }, completedAt: null };
  };
  const call: CallApi = Object.assign(ask, {
    download: async () => new Response(),
    async delete(path: string) {
      asked.push(`DELETE ${path}`);
      return '/deletions/7';
    },
  });
  const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  onTestFinished(() => print.mockRestore());
  const program = new Command();
  addDeleteCommand(program, async (_need, use) => use(call));
  const args = ['delete', 'ME1', '--scope', 'message'];
  await program.parseAsync(args, { from: 'user' });
  const path = '/media/ME1?scope=message&message=false';
  expect(asked).toEqual([`DELETE ${path}&dryRun=true`]);
  expect(print.mock.calls).toEqual([
    ['To be deleted: messages 0, media 3.'],
    ['Nothing is deleted without --yes.'],
  ]);
  await program.parseAsync([...args, '--yes'], { from: 'user' });
  expect(asked.slice(1)).toEqual([
    ...[`DELETE ${path}&dryRun=true`, `DELETE ${path}`, 'GET /deletions/7'],
  ]);
  expect(print).toHaveBeenCalledWith('Deleted here: 1. At Twilio: 1 pending. Deletion 7.');
});
