import { Command } from 'commander';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { CallApi } from '../../../src/http/api-client.ts';
import { addDeleteCommand } from '../../../src/moderation/deletions/delete-command.ts';

test('delete tells of the record that its answer names, whatever else is being deleted', async () => {
  const asked: string[] = [];
  const ask = async (method: string, path: string) => {
    asked.push(`${method} ${path}`);
    return { id: '7', targets: 1, upstream: { pending: 1 }, completedAt: null };
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
  await program.parseAsync(['delete', 'ME1', '--scope', 'message'], { from: 'user' });
  expect(asked).toEqual(['DELETE /media/ME1?scope=message&message=false', 'GET /deletions/7']);
  expect(print).toHaveBeenCalledWith('Deleted here: 1. At Twilio: 1 pending. Deletion 7.');
});
