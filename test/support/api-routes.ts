import type { IRouter, RequestHandler } from 'express';
import { loadConfig } from '../../src/config/config.ts';
import { createHealthRouter, createMetricsRouter } from '../../src/http/monitoring-router.ts';
import { createLifecycle } from '../../src/lifecycle/lifecycle.ts';
import { createLogger } from '../../src/monitoring/logger.ts';
import { createReadiness } from '../../src/monitoring/readiness.ts';
import { openReceiver } from '../../src/server/receiver.ts';
import { createRoutes } from '../../src/server/routes.ts';
import { openServices } from '../../src/server/services.ts';
import { createSignInParts } from '../../src/server/sign-in.ts';
import { createTestDatabase } from './test-database.ts';
import { ACCOUNT } from './test-inbox.ts';

/** Every route of a receiver, read from its routers: `GET /api/v1/media/:sid`. */
export async function serverRoutes(): Promise<string[]> {
  const files = await createTestDatabase();
  const lifecycle = createLifecycle();
  lifecycle.add('database', files.remove);
  try {
    const { config } = loadConfig({
      DATA_DIR: files.dataDir,
      DATABASE_URL: files.databaseUrl,
      TWILIO_ACCOUNT_SID: ACCOUNT.sid,
      TWILIO_AUTH_TOKEN: ACCOUNT.authToken,
    });
    const services = await openServices(config, createLogger('silent'), lifecycle);
    const receiver = await openReceiver(services, lifecycle);
    const readReadiness = createReadiness({}, createLogger('silent'));
    const { routers } = await createRoutes(
      services,
      receiver,
      createSignInParts(config, services.database),
      { readReadiness, reportPreviews: undefined },
    );
    const health = createHealthRouter({
      readReadiness,
      reportPreviews: undefined,
      isOperator: async () => false,
    });
    const nobody: RequestHandler = (_request, response) => void response.sendStatus(401);
    return [health, createMetricsRouter(services.metrics, nobody), ...routers].flatMap(routesOf);
  } finally {
    await lifecycle.close();
  }
}

/** Those under `/api/v1`. */
export async function apiRoutes(): Promise<string[]> {
  return (await serverRoutes()).filter((route) => route.includes(' /api/v1/'));
}

function routesOf({ stack }: IRouter): string[] {
  return stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const methods = new Set(route.stack.flatMap(({ method }) => method ?? []));
    return [...methods].map((method) => `${method.toUpperCase()} ${route.path}`);
  });
}
