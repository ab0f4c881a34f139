import { expect, test } from 'vitest';
import { type Load, type MeasuredCosts, simulateCapacity } from '../../../bench/capacity.ts';
import { MEASURED_COSTS } from '../../../bench/measured-costs.ts';

const COSTS: MeasuredCosts = {
  main: 10,
  otherThreads: 10,
  decoders: 30,
  postgres: 5,
  commits: 0.5,
  statements: 10,
  wal: 10_000,
  kept: 5000,
  events: 1000,
  jobs: 2000,
  thumbnails: 100_000,
};
/** 10 messages a second in the busiest hour. */
const LOAD: Load = {
  messagesPerDay: 360_000,
  attachmentsPerMessage: 1,
  megabytes: 0.4,
  peakShare: 0.1,
  replicas: 1,
  coresPerReplica: 2,
  databaseCores: 2,
  syncsPerSecond: 500,
  megabitsPerSecond: 1000,
};

test('what a load takes follows from what one attachment takes', () => {
  expect(simulateCapacity(COSTS, LOAD)).toMatchObject({
    attachmentsPerSecond: 10,
    replicaCores: 0.5,
    databaseCores: 0.05,
    commitsPerSecond: 5,
    statementsPerSecond: 100,
    walMegabytesPerSecond: 0.1,
    fileGigabytesPerMonth: 5400,
    databaseGigabytesPerMonth: 54,
  });
});

test('the first ceiling is that of which most is used', () => {
  const { ceilings } = simulateCapacity(COSTS, LOAD);
  expect(ceilings[0]).toMatchObject({ name: 'cores of the replicas', used: 0.25 });
  expect(ceilings[0]?.atMessagesPerDay).toBe(1_008_000);
  const few = simulateCapacity(COSTS, { ...LOAD, syncsPerSecond: 10 });
  expect(few.ceilings[0]).toMatchObject({ name: 'synced commits of the database', used: 0.5 });
});

test('replicas share the work of the server, and not that of the database', () => {
  const [one, ten] = [1, 10].map((replicas) => simulateCapacity(COSTS, { ...LOAD, replicas }));
  const used = (capacity: typeof one, name: string) =>
    capacity?.ceilings.find((ceiling) => ceiling.name === name)?.used;
  expect(used(ten, 'cores of the replicas')).toBeCloseTo(0.025);
  expect(used(ten, 'cores of the database')).toBe(used(one, 'cores of the database'));
});

test('all that was measured is a number above 0', () => {
  for (const [name, cost] of Object.entries(MEASURED_COSTS)) expect(cost, name).toBeGreaterThan(0);
});
