import { type Command, Option } from 'commander';
import { type ApiClient, bodyOf } from '../client/api-client.ts';
import type { components } from '../client/api-types.d.ts';
import { Role } from '../generated/prisma/client.ts';
import { validate } from '../http/validate.ts';
import { newKey } from '../keys/keys-operations.ts';
import { QUEUES } from '../moderation/queues/queues.ts';
import { type JsonFlag, jsonOption } from './json-option.ts';
import { printList } from './print-list.ts';
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
    .addOption(jsonOption())
    .action(({ json: isJson = false }: JsonFlag) =>
      withApi(RECEIVER, async (api) =>
        printList({
          items: await listKeys(api),
          isJson,
          titles: ['NAME', 'ROLE', 'CREATED', 'LAST USED', 'REVOKED', 'WORKS ON'],
          cells: ({ name, role, numbers, queues, createdAt, lastUsedAt, revokedAt }) => [
            ...[name, role, shown(createdAt), shown(lastUsedAt), shown(revokedAt)],
            [...numbers, ...queues].join(' ') || 'everything',
          ],
          whenEmpty: 'There are no keys yet. To create one: keys create --name NAME --role ROLE',
        }),
      ),
    );

  keys
    .command('revoke')
    .description('revoke a key, at once and permanently')
    .argument('<name>')
    .option('--dry-run', 'only say what would end with it')
    .action((name: string, { dryRun = false }: { dryRun?: boolean }) =>
      withApi(RECEIVER, async (api) => {
        if (dryRun) {
          const params = { path: { name }, query: { dryRun } };
          const { sessions } = bodyOf(await api.DELETE('/api/v1/keys/{name}', { params }));
          console.log(
            `Sessions that would end with it: ${sessions}. The key stays: this is a dry run.`,
          );
          return;
        }
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

function shown(time: string | null): string {
  return time === null ? '–' : time.slice(0, 16).replace('T', ' ');
}
