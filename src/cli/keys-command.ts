import { type Command, Option } from 'commander';
import { type ApiClient, bodyOf } from '../client/api-client.ts';
import type { components } from '../client/api-types.d.ts';
import { Role } from '../generated/prisma/client.ts';
import { validate } from '../http/validate.ts';
import { newKey } from '../keys/keys-operations.ts';
import { QUEUES } from '../moderation/queues/queues.ts';
import type { WithApi } from './with-api.ts';

type Key = components['schemas']['ApiKey'];

const RECEIVER = { worker: false };

/** Registers `keys create|list|revoke`. */
export function addKeysCommand(program: Command, withApi: WithApi): void {
  const keys = program.command('keys').description('create, list and revoke API keys');

  keys
    .command('create')
    .description('create a key; its secret is printed only once')
    .requiredOption('--name <name>', 'the person or program that uses it')
    .addOption(
      new Option('--role <role>', 'its permissions')
        .choices(Object.values(Role))
        .makeOptionMandatory(),
    )
    .option('--number <number...>', 'numbers whose messages it works on; all without it')
    .addOption(
      new Option('--queue <queue...>', 'queues that it works on; all without it').choices(QUEUES),
    )
    .action(async (options: { name: string; role: Role; number?: string[]; queue?: string[] }) => {
      const { number: numbers, queue: queues, ...named } = options;
      const body = validate(newKey, { ...named, numbers, queues });
      const { name, role } = body;
      await withApi(RECEIVER, async (api) => {
        const { secret } = bodyOf(await api.POST('/api/v1/keys', { body }));
        console.error(`Key "${name}" with the role ${role}. Keep it, it is not shown again:`);
        console.log(secret);
      });
    });

  keys
    .command('list')
    .description('all keys, without their secrets')
    .action(() =>
      withApi(RECEIVER, async (api) => {
        const all = await listKeys(api);
        const rows = all.map(({ name, role, numbers, queues, ...times }) => [
          ...[name, role, shown(times.createdAt), shown(times.lastUsedAt), shown(times.revokedAt)],
          [...numbers, ...queues].join(' ') || 'everything',
        ]);
        const titles = ['NAME', 'ROLE', 'CREATED', 'LAST USED', 'REVOKED', 'WORKS ON'];
        console.log(inColumns([titles, ...rows]));
      }),
    );

  keys
    .command('revoke')
    .description('revoke a key, at once and permanently')
    .argument('<name>')
    .action((name: string) =>
      withApi(RECEIVER, async (api) => {
        await api.DELETE('/api/v1/keys/{name}', { params: { path: { name } } });
        console.log(`Key "${name}" is revoked.`);
      }),
    );
}

/** Reads all pages. */
async function listKeys(api: ApiClient): Promise<Key[]> {
  const all: Key[] = [];
  for (let page: { cursor?: string } = {}; ; ) {
    const params = { query: { limit: 200, ...page } };
    const { items, nextCursor } = bodyOf(await api.GET('/api/v1/keys', { params }));
    all.push(...items);
    if (nextCursor === null) return all;
    page = { cursor: nextCursor };
  }
}

/** Formats rows as lines; each column is as wide as its widest cell. */
function inColumns(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function shown(time: string | null): string {
  return time === null ? '–' : time.slice(0, 16).replace('T', ' ');
}
