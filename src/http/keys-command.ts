import { type Command, Option } from 'commander';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import { Role } from '../generated/prisma/client.ts';
import { openDatabase } from '../storage/open-database.ts';
import { type ApiKeys, createApiKeys } from './api-keys.ts';
import { newKey } from './keys-router.ts';
import { createLogger } from './logger.ts';
import { createRemoteApiKeys } from './remote-api-keys.ts';
import { validate } from './validate.ts';

type KeyAdministration = Pick<ApiKeys, 'create' | 'list' | 'revoke'>;

/** Registers `keys create|list|revoke`. */
export function addKeysCommand(program: Command, readConfig: () => Readonly<Config>): void {
  const keys = program.command('keys').description('make, list and revoke API keys');

  keys
    .command('create')
    .description('make a key; its secret is printed this once')
    .requiredOption('--name <name>', 'who or what it is for')
    .addOption(
      new Option('--role <role>', 'what it may do')
        .choices(Object.values(Role))
        .makeOptionMandatory(),
    )
    .action(async (options: { name: string; role: Role }) => {
      const { name, role } = validate(newKey, options);
      const config = readConfig();
      await withKeys(config, async (apiKeys) => {
        const { secret } = await apiKeys.create(name, role);
        console.error(`Key "${name}" with the role ${role}, in ${databaseOf(config)}.`);
        console.error('Keep it, it is not shown again:');
        console.log(secret);
      });
    });

  keys
    .command('list')
    .description('all keys, without their secrets')
    .action(() =>
      withKeys(readConfig(), async (apiKeys) => {
        console.table(
          (await apiKeys.list()).map(({ name, role, createdAt, lastUsedAt, revokedAt }) => ({
            name,
            role,
            created: shown(createdAt),
            'last used': shown(lastUsedAt),
            revoked: shown(revokedAt),
          })),
        );
      }),
    );

  keys
    .command('revoke')
    .description('end a key, at once and for good')
    .argument('<name>')
    .action((name: string) =>
      withKeys(readConfig(), async (apiKeys) => {
        await apiKeys.revoke(name);
        console.log(`Key "${name}" is revoked.`);
      }),
    );
}

/**
 * On the database; where a running server holds the embedded one, through that server's API with
 * ADMIN_API_KEY.
 */
async function withKeys(
  config: Readonly<Config>,
  use: (apiKeys: KeyAdministration) => Promise<void>,
): Promise<void> {
  let database: Awaited<ReturnType<typeof openDatabase>>;
  try {
    database = await openDatabase(config, createLogger('silent'));
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'data_folder_in_use') throw error;
    if (config.adminApiKey === undefined) {
      throw new AppError(
        'data_folder_in_use',
        'The server is running and holds the database. Set ADMIN_API_KEY for both to manage keys ' +
          'through it, or stop it first.',
      );
    }
    await use(createRemoteApiKeys(localUrl(config), config.adminApiKey));
    return;
  }
  try {
    await use(createApiKeys(database, undefined));
  } finally {
    await database.close();
  }
}

/** For people: a server that uses another one does not know the key. Without URL: it has a password. */
function databaseOf({ databaseUrl, dataDir }: Config): string {
  return databaseUrl === undefined ? `the database under ${dataDir}` : 'PostgreSQL (DATABASE_URL)';
}

function localUrl({ host, port }: Config): string {
  const anyAddress = host === '0.0.0.0' || host === '::';
  const name = anyAddress ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}

function shown(time: Date | string | null): string {
  return time === null ? '–' : new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
