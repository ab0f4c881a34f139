import { Command } from 'commander';
import createClient from 'openapi-fetch';
import { expect, onTestFinished, test, vi } from 'vitest';
import { addDeleteCommand } from '../../../src/cli/delete-command.ts';
import type { paths } from '../../../src/client/api-types.d.ts';

test('delete tells of the record that its answer names, whatever else is being deleted', async () => {
  const asked: string[] = [];
  const api = createClient<paths>({
    baseUrl: 'http://inbox.test',
    async fetch({ method, url }) {
      const { pathname, search } = new URL(url);
      asked.push(`${method} ${pathname}${search}`);
      if (search.endsWith('dryRun=true')) {
        return Response.json({ dryRun: true, media: 3, messages: 0 });
      }
      if (method === 'DELETE') {
        const headers = { location: '/api/v1/deletions/7', 'content-length': '0' };
        return new Response(null, { status: 204, headers });
      }
      const upstream = { pending: 1 };
      return Response.json({
        id: '7',
        targets: 1,
        local: { done: 1 },
        upstream,
        completedAt: null,
      });
    },
  });
  const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  onTestFinished(() => print.mockRestore());
  const program = new Command();
  addDeleteCommand(program, async (_need, use) => use(api));
  const sid = `ME${'1'.repeat(32)}`;
  const args = ['delete', sid, '--scope', 'message'];
  await program.parseAsync([...args, '--dry-run'], { from: 'user' });
  const path = `/api/v1/media/${sid}?scope=message`;
  expect(asked).toEqual([`DELETE ${path}&dryRun=true`]);
  expect(print.mock.calls).toEqual([
    ['To be deleted: messages 0, media 3.'],
    ['Nothing is deleted: this is a dry run.'],
  ]);
  await program.parseAsync([...args, '--yes'], { from: 'user' });
  expect(asked.slice(1)).toEqual([
    `DELETE ${path}&dryRun=true`,
    `DELETE ${path}&dryRun=false`,
    'GET /api/v1/deletions/7',
  ]);
  expect(print).toHaveBeenCalledWith('Deleted here: 1. At Twilio: 1 pending. Deletion 7.');
});
