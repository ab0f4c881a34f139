import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import { createOperatorAccess } from '../auth/operator-access.ts';
import type { Config } from '../config/config.ts';
import { endpointsHealth } from '../events/endpoints/endpoints-router.ts';
import { startPublishing } from '../events/event-outbox.ts';
import { requireFolders } from '../files/folders.ts';
import { createHealthRouter, createMetricsRouter } from '../http/monitoring-router.ts';
import { createRequestLog } from '../http/request-log.ts';
import { skipWhileBusy } from '../http/while-busy.ts';
import { spoolHealth } from '../inbound/spool/spooling-receiver.ts';
import { workersHealth } from '../jobs/worker-health.ts';
import { createLifecycle, type Lifecycle } from '../lifecycle/lifecycle.ts';
import { blobHealth } from '../media/disk-error.ts';
import { createReadiness, requiredCheck } from '../monitoring/readiness.ts';
import { createApp } from './app.ts';
import { openReceiver } from './receiver.ts';
import { createRoutes } from './routes.ts';
import { openServices } from './services.ts';
import { createSignInParts } from './sign-in.ts';
import { createWhileStarting } from './while-starting.ts';
import { startWorker } from './worker.ts';

export interface Inbox {
  /** Where it listens, with the actual port. */
  url: string;
  /** Reads `TWILIO_AUTH_TOKENS_FILE` again, if there is one. Never rejects: problems are logged. */
  reloadTokens(): Promise<void>;
  /** Accepts no new work, finishes or hands back requests and jobs in progress, closes everything. */
  stop(): Promise<void>;
}

// Slow-header (slowloris) limit, in milliseconds; bodies have deadlines of their own.
const SLOW_CLIENTS = { headersTimeout: 10_000, connectionsCheckingInterval: 2000 };

/**
 * The composition root: listens, builds the services that the configured roles need, and connects them.
 *
 * The port is opened first: a process that cannot get it creates no database and runs no job.
 *
 * @param lifecycle receives the function that closes each part; a start that fails closes them all
 * @throws AppError `data_folder_in_use`, or the error of the database or the port
 */
export async function startInbox(
  config: Readonly<Config>,
  log: Logger,
  lifecycle: Lifecycle = createLifecycle(),
): Promise<Inbox> {
  const opened = Promise.withResolvers<RequestListener>();
  let answer = createWhileStarting(opened.promise);
  const server = createServer(SLOW_CLIENTS, (request, response) => answer(request, response));
  // Longer than the idle timeout of common load balancers, so that they never reuse a connection
  // that this server is closing.
  server.keepAliveTimeout = 65_000;
  try {
    const url = await listen(server, config);
    // When the start fails, waiting requests get no answer, and Twilio calls the fallback URL.
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
      ...workersHealth(database),
      ...worker?.checks,
      ...(receiver === undefined
        ? { database: requiredCheck(database.ping) }
        : spoolHealth(database, receiver.spool)),
    };
    const signIn = createSignInParts(config, database);
    const readReadiness = createReadiness(skipWhileBusy(health, database.busy), log);
    services.metrics.gaugeBy(
      ['part'],
      'mms_inbox_part_works',
      'Whether a part of /readyz works: 0 when it is degraded or unavailable',
      async () =>
        [...(await readReadiness()).parts].map(
          ([part, { state }]) => [{ part }, state === 'ok' ? 1 : 0] as const,
        ),
    );
    const state = {
      readReadiness,
      reportPreviews: worker?.capabilities,
    };
    const routes = receiver && (await createRoutes(services, receiver, signIn, state));
    const operators = createOperatorAccess({ ...config, authenticate: signIn.authenticate });
    const app = createApp({
      requestLog: createRequestLog(log),
      trustProxy: config.trustProxy,
      routers: [
        createHealthRouter({ ...state, isOperator: operators.isOperator }),
        createMetricsRouter(services.metrics, operators.require),
        ...(routes?.routers ?? []),
      ],
    });
    // In parallel: jobs are handed back while the last requests are answered.
    lifecycle.add('requests and worker', async () => {
      routes?.endStreams();
      await Promise.all([stopServer(server), work.close()]);
    });
    lifecycle.add('event publisher', startPublishing({ database, queue, log }));
    answer = app;
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
const IDLE_CHECK_MS = 50;

/** Accepts no more connections, gives requests in progress 10 seconds to finish, closes the rest. */
async function stopServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A keep-alive connection becomes idle only when its request ends, so check repeatedly.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_MS);
  const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(grace);
}
