import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import { Agent } from 'undici';
import {
  createCredentialCheck,
  type SimulatedAccount,
  type SimulatedApiKey,
} from './api/api-credentials.ts';
import { createApiRouter } from './api/api-router.ts';
import { createMediaGrants } from './api/media-grants.ts';
import { createMediaRouter } from './api/media-router.ts';
import { createListFaults, type ListFaults } from './faults.ts';
import { createRequestLog, type SimulatedRequest } from './request-log.ts';
import {
  buildMessage,
  type CreateMessageInput,
  type SimulatedMessage,
} from './simulated-message.ts';
import { createUpstreamStore } from './upstream-store.ts';
import { type DeliveryOutcome, deliverWebhook } from './webhook/deliver-webhook.ts';
import { buildWebhookRequest, type WebhookOptions } from './webhook/webhook-request.ts';

/** Twilio's limits: https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides */
const CONNECT_TIMEOUT_MS = 5_000;
const TOTAL_TIMEOUT_MS = 15_000;

export interface SimulatorOptions {
  /** The first is the default account; its auth token also signs. */
  accounts: SimulatedAccount[];
  apiKeys?: SimulatedApiKey[];
  /** The address to listen on; default 127.0.0.1. */
  host?: string;
  /** Default 0, any free port. */
  apiPort?: number;
  /** Default 0, any free port. */
  mediaPort?: number;
  /** The host name of the media server in redirects; default `host`. */
  mediaHostname?: string;
}

export interface DeliverOptions extends WebhookOptions {
  /** The token to sign with; default that of the message's account. */
  authToken?: string;
  signal?: AbortSignal;
}

export interface TwilioSimulator {
  /** `http://host:port`, the value for `TWILIO_API_BASE_URL`. */
  readonly apiBaseUrl: string;
  /** `host:port` as in redirects, the value for `MEDIA_REDIRECT_HOSTS`. */
  readonly mediaHost: string;
  /** Every request to either server, in the order of arrival. */
  readonly requests: readonly SimulatedRequest[];
  /** The faults of lists. */
  readonly listFaults: Omit<ListFaults, 'next'>;
  /**
   * Creates a message and its media in the simulated Twilio, without sending the webhook.
   *
   * @throws Error for an unknown account or a message sid that is taken, RangeError for more than
   *   ten attachments or a message sent before the last one created, TypeError for a malformed sid
   */
  createMessage(input: CreateMessageInput): SimulatedMessage;
  /**
   * Sends the signed webhook of a message once. Errors of the receiver are part of the outcome.
   *
   * @throws the reason of `signal` when that is aborted, TypeError for a malformed URL or an outbound
   *   message, which has no webhook
   */
  deliver(message: SimulatedMessage, options: DeliverOptions): Promise<DeliveryOutcome>;
  /** Replaces the auth token: from now on only the new one signs and is accepted for the account. */
  replaceAuthToken(accountSid: string, authToken: string): void;
  /** Whether an attachment still exists upstream: it was created and not deleted. */
  mediaExists(mediaSid: string): boolean;
  /** Closes both servers with all open connections and aborts deliveries; may be called repeatedly. */
  stop(): Promise<void>;
}

/**
 * Starts a simulated Twilio in this process: the REST API and the media host it redirects to, on two
 * ports.
 *
 * @throws Error without an account; the errors of listening, such as EADDRINUSE
 */
export async function startTwilioSimulator(options: SimulatorOptions): Promise<TwilioSimulator> {
  const accounts = options.accounts.map((account) => ({ ...account }));
  const [defaultAccount] = accounts;
  if (!defaultAccount) throw new Error('The simulator needs at least one account');
  const host = options.host ?? '127.0.0.1';

  const store = createUpstreamStore();
  const grants = createMediaGrants();
  const log = createRequestLog();
  const listFaults = createListFaults();
  const mediaRouter = createMediaRouter({ grants, log, mediaExists: store.mediaExists });
  const mediaServer = await listenLocally(mediaRouter, host, options.mediaPort ?? 0);
  const mediaHost = hostAndPort(options.mediaHostname ?? host, mediaServer.port);

  const apiRouter = createApiRouter({
    checkCredentials: createCredentialCheck(accounts, options.apiKeys ?? []),
    store,
    grants,
    listFaults,
    log,
    mediaBaseUrl: `http://${mediaHost}`,
  });
  const apiServer = await listenLocally(apiRouter, host, options.apiPort ?? 0).catch(
    async (error: unknown) => {
      await mediaServer.close();
      throw error;
    },
  );
  const apiBaseUrl = `http://${hostAndPort(host, apiServer.port)}`;

  const dispatcher = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS } });
  const stopped = new AbortController();
  let stopping: Promise<void> | null = null;

  async function closeAll(): Promise<void> {
    stopped.abort(new Error('The simulator was stopped'));
    await Promise.all([apiServer.close(), mediaServer.close(), dispatcher.destroy()]);
  }

  function accountOf(sid: string): SimulatedAccount {
    const account = accounts.find((candidate) => candidate.sid === sid);
    if (!account) throw new Error(`The simulator has no account ${sid}`);
    return account;
  }

  return {
    apiBaseUrl,
    mediaHost,
    requests: log.entries,
    listFaults,

    createMessage(input) {
      const { sid: accountSid } = accountOf(input.accountSid ?? defaultAccount.sid);
      const message = buildMessage(input, { accountSid, apiBaseUrl });
      store.add(message, input);
      return message;
    },

    async deliver(message, { authToken, signal, ...webhook }) {
      if (store.findMessage(message.accountSid, message.sid)?.direction === 'outbound-api') {
        throw new TypeError('An outbound message has no webhook');
      }
      const token = authToken ?? accountOf(message.accountSid).authToken;
      return deliverWebhook(buildWebhookRequest(message.params, token, webhook), {
        dispatcher,
        totalMs: TOTAL_TIMEOUT_MS,
        signal: AbortSignal.any([stopped.signal, ...(signal ? [signal] : [])]),
      });
    },

    replaceAuthToken(accountSid, authToken) {
      accountOf(accountSid).authToken = authToken;
    },

    mediaExists: store.mediaExists,

    stop() {
      stopping ??= closeAll();
      return stopping;
    },
  };
}

function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** An HTTP server that is listening. */
interface LocalServer {
  port: number;
  /** Closes the server and all its connections, also those that wait for a response. */
  close(): Promise<void>;
}

/**
 * Serves `router` on `host` and `port`, where 0 is any free port.
 *
 * @throws the errors of listening, such as EADDRINUSE
 */
async function listenLocally(router: Router, host: string, port: number): Promise<LocalServer> {
  const server = createServer(express().disable('x-powered-by').disable('etag').use(router));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
