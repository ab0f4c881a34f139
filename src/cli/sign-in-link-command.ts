import type { Command } from 'commander';
import { bodyOf, createApiClient } from '../client/api-client.ts';
import type { Config } from '../config/config.ts';
import { AppError } from '../errors/app-error.ts';
import { localUrl } from '../net/host-port.ts';

/** Registers `sign-in-link`. Not by `withApi`: a server that is started for a command has no page to open. */
export function addSignInLinkCommand(program: Command, readConfig: () => Readonly<Config>): void {
  program
    .command('sign-in-link')
    .description(
      'a link that signs in a browser once, within ten minutes, with the rights of the key',
    )
    .option(
      '--url <url>',
      'the running server (default: the one of the configuration, on this machine)',
    )
    .option('--key <key>', 'an admin key (default: ADMIN_API_KEY)')
    .action(async (options: { url?: string; key?: string }) => {
      const url = options.url ?? localUrl(readConfig());
      const key = options.key ?? readConfig().adminApiKey;
      if (key === undefined) {
        throw new AppError(
          'invalid_request',
          'Give --key, or set ADMIN_API_KEY as the server has it.',
        );
      }
      const link = bodyOf(await createApiClient(url, key).POST('/api/v1/session/links'));
      const until = link.expiresAt.slice(0, 16).replace('T', ' ');
      console.error(`Signs in once, until ${until} UTC:`);
      console.log(link.url);
    });
}
