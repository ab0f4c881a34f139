import type { Router } from 'express';
import { createResourceRouter, type Guard, route } from '../http/resource-router.ts';
import { type Flow, flowOperations } from './flow-operations.ts';
import { type Health, healthOperations } from './health-operations.ts';
import type { HeldSnapshots } from './hold-snapshot.ts';
import { snapshotOperations } from './snapshot-operations.ts';

/** What who operates a deployment looks at. */
export function createOperatingRouter(
  guard: Guard,
  deps: {
    readHealth: () => Promise<Health>;
    readFlow: (hours: number) => Promise<Flow>;
    snapshots: HeldSnapshots;
  },
): Router {
  return createResourceRouter(guard, [
    route(healthOperations.showHealth, async ({ response }) => {
      response.json(await deps.readHealth());
    }),
    route(flowOperations.showFlow, async ({ query: { hours }, response }) => {
      response.json(await deps.readFlow(hours));
    }),
    route(snapshotOperations.holdSnapshot, ({ response }) => deps.snapshots.hold(response)),
  ]);
}
