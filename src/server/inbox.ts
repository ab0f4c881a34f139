import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { createApiKeys } from '../auth/api-keys.ts';
import { createHasKey } from '../auth/authentication.ts';
import type { Config } from '../config/config.ts';
import { endpointsHealth } from '../events/endpoints/endpoints-router.ts';
import { startPublishing } from '../events/publish-events.ts';
import { requireFolders } from '../files/folders.ts';
import { createHealthRouter } from '../http/health-router.ts';
import { createMetricsRouter } from '../http/metrics-router.ts';
import { createRequestLog } from '../http/request-log.ts';
import { skipWhileBusy } from '../http/while-busy.ts';
import { spoolHealth } from '../inbound/spool/spool-health.ts';
import { workersHealth } from '../jobs/worker-heartbeat.ts';
import { createLifecycle, type Lifecycle } from '../lifecycle/lifecycle.ts';
import { blobHealth } from '../media/disk-error.ts';
import { requiredCheck } from '../monitoring/readiness.ts';
import { createApp } from './app.ts';
import { openReceiver } from './receiver.ts';
import { createRoutes } from './routes.ts';
import { openServices } from './services.ts';
import { startWorker } from './worker.ts';

export interface Inbox {
  /** Where it listens, with the port that was given. */
  url: string;
  /** Reads `TWILIO_AUTH_TOKENS_FILE` again, if there is one. Never rejects: problems are logged. */
  reloadTokens(): Promise<void>;
  /** Takes nothing new, finishes or hands back what is under way, closes everything. */
  stop(): Promise<void>;
}

// Slow-header (slowloris) limit, in milliseconds; bodies have deadlines of their own.
const SLOW_CLIENTS = { headersTimeout: 10_000, connectionsCheckingInterval: 2000 };

/**
 * The composition root: listens, builds the services that the configured roles need, and connects them.
 *
 * The port comes first: a process that does not get it has made no database and run no job. Requests
 * that come while the rest is opened wait for that.
 *
 * @param lifecycle gets what closes each part; a start that fails half way has closed them all
 * @throws AppError `data_folder_in_use`, or what the database or the port has to say
 */
export async function startInbox(
  config: Readonly<Config>,
  log: Logger,
  lifecycle: Lifecycle = createLifecycle(),
): Promise<Inbox> {
  const opened = Promise.withResolvers<RequestListener>();
  const server = createServer(SLOW_CLIENTS, (request, response) => {
    void opened.promise.then((answer) => {
      if (!request.socket.destroyed) answer(request, response);
    });
  });
  // Longer than the idle timeout of common load balancers, so that they never reuse a connection
  // that is being closed here.
  server.keepAliveTimeout = 65_000;
  try {
    const url = await listen(server, config);
    // Of a start that fails: who waits for an answer gets none, and Twilio calls the fallback URL.
    lifecycle.add('server', () => {
      server.close();
      server.closeAllConnections();
    });
    await requireFolders(config);
    const services = await openServices(config, log, lifecycle);
    const { database, queue, blobs } = services;
    const receiver = config.roles.includes('receiver')
      ? await openReceiver(services, lifecycle)
      : undefined;
    const work = createLifecycle();
    lifecycle.add('worker', work.close);
    const worker = config.roles.includes('worker') ? await startWorker(services, work) : undefined;

    const health = {
      blobs: blobHealth(blobs),
      events: endpointsHealth(database),
      workers: workersHealth(database),
      ...worker?.checks,
      ...(receiver === undefined
        ? { database: requiredCheck(database.ping) }
        : spoolHealth(database, receiver.spool)),
    };
    // One for all: look-ups of keys that come at the same time share a statement.
    const apiKeys = createApiKeys(database, config.adminApiKey);
    const routes = receiver && (await createRoutes(services, receiver, apiKeys));
    const app = createApp({
      requestLog: createRequestLog(log),
      trustProxy: config.trustProxy,
      routers: [
        createHealthRouter({
          checks: skipWhileBusy(health, database.busy),
          reportPreviews: worker?.capabilities,
          hasKey: createHasKey(apiKeys),
          log,
        }),
        createMetricsRouter(services.metrics),
        ...(routes?.routers ?? []),
      ],
    });
    // At the same time: jobs are handed back while the last requests are answered.
    lifecycle.add('requests and worker', async () => {
      routes?.endStreams();
      await Promise.all([stopServer(server), work.close()]);
    });
    lifecycle.add('event publisher', startPublishing({ database, queue, log }));
    opened.resolve(app);
    return { url, reloadTokens: services.keyring.reload, stop: lifecycle.close };
  } catch (error) {
    await lifecycle.close();
    throw error;
  }
}

function listen(server: Server, { port, host }: Config): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address() as AddressInfo;
      const shown = /^(0\.0\.0\.0|::)$/.test(address.address) ? 'localhost' : address.address;
      const name = shown.includes(':') ? `[${shown}]` : shown;
      resolve(`http://${name}:${address.port}`);
    });
  });
}

const GRACE_MS = 10_000;
const LOOK_AGAIN_MS = 50;

/** Accepts no more connections, lets requests under way finish for 10 seconds, closes the rest. */
async function stopServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A kept-alive connection becomes idle only when its request ends: look until all are gone.
  const idle = setInterval(() => server.closeIdleConnections(), LOOK_AGAIN_MS);
  const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(grace);
}
