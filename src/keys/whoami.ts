import { z } from 'zod';
import { callerOf, signInOf } from '../auth/authentication.ts';
import { Role } from '../generated/prisma/client.ts';
import { defineOperation } from '../http/operation.ts';
import { type Route, route } from '../http/resource-router.ts';
import { VERSION } from '../monitoring/version.ts';

const capabilities = z.strictObject({
  mediaMaxBytes: z.int().min(1).describe('The largest file of an import, in bytes.'),
  scan: z.boolean().describe('Whether a classifier looks at new attachments.'),
  transcribe: z.boolean().describe('Whether the words of sounds are written down.'),
  moderation: z
    .enum(['off', 'hold-media', 'hold'])
    .describe('What is held until a moderator approves it.'),
  deleteUpstream: z
    .enum(['on-delete', 'after-store', 'never'])
    .describe("When Twilio's copies are deleted."),
  publicMediaUrls: z.boolean().describe("Whether bytes under Twilio's paths need no credentials."),
});

/** What this deployment can do, by its configuration. */
export type Capabilities = z.output<typeof capabilities>;

export const whoamiOperations = {
  whoami: defineOperation({
    id: 'whoami',
    method: 'get',
    path: '/api/v1/whoami',
    tag: 'administration',
    summary: 'Show who is signed in, and what the server can do',
    access: 'viewer',
    answers: {
      200: {
        description: 'The caller and the server.',
        body: z.strictObject({
          name: z.string().describe('Of the key; `proxy:…` for a user of the sign-in proxy.'),
          role: z.enum(Role),
          signedInBy: z
            .enum(['key', 'session', 'proxy'])
            .describe('A key in the header, a session of a key, or the sign-in proxy.'),
          version: z.string().describe('Of the server.'),
          capabilities,
        }),
      },
    },
  }),
};

export function createWhoamiRoute(capabilities: Capabilities): Route {
  return route(whoamiOperations.whoami, ({ response }) => {
    const { name, role } = callerOf(response);
    const { by } = signInOf(response);
    // Tickets open event streams only.
    if (by === 'ticket') throw new Error('whoami takes no tickets');
    response.json({ name, role, signedInBy: by, version: VERSION, capabilities });
  });
}
