/** What was measured for one attachment in a message of its own; docs/scaling.md has the commands. */
export interface MeasuredCosts {
  /** Processor milliseconds of a receiver and worker, by thread; one process cannot use more than one core for `main`. */
  main: number;
  otherThreads: number;
  decoders: number;
  postgres: number;
  /** Transactions that write. */
  commits: number;
  /** Without BEGIN and COMMIT. */
  statements: number;
  /** Bytes of the write-ahead log. */
  wal: number;
  /** Bytes of tables and indexes, by how long rows are kept: as the attachment, 30 days, an hour. */
  kept: number;
  events: number;
  jobs: number;
  /** Bytes of thumbnails. */
  thumbnails: number;
}

/** What is to be carried. */
export interface Load {
  messagesPerDay: number;
  attachmentsPerMessage: number;
  /** Of an attachment. */
  megabytes: number;
  /** The busiest hour's share of the day: 1/24 when messages come evenly, 0.1 of what people send. */
  peakShare: number;
  /** Processes with both roles, each on a machine of its own. */
  replicas: number;
  coresPerReplica: number;
  /** Of the one PostgreSQL server. */
  databaseCores: number;
  /** Commits that its disk syncs a second, at most; `pg_test_fsync` measures it. */
  syncsPerSecond: number;
  /** Of the network of a replica, in each direction. */
  megabitsPerSecond: number;
}

export interface Capacity {
  /** In the busiest hour. */
  attachmentsPerSecond: number;
  replicaCores: number;
  databaseCores: number;
  commitsPerSecond: number;
  statementsPerSecond: number;
  walMegabytesPerSecond: number;
  /** In a month of 30 days: of files with their thumbnails, and of what the database keeps for ever. */
  fileGigabytesPerMonth: number;
  databaseGigabytesPerMonth: number;
  /** What it keeps for 30 days and for an hour. */
  databaseGigabytesOfQueues: number;
  /** How much of each is used in the busiest hour, from the fullest; above 1 is more than there is. */
  ceilings: { name: string; used: number; atMessagesPerDay: number }[];
}

const GIGABYTE = 1e9;
/** Above it, what waits grows faster than the load. */
const USABLE = 0.7;

/** Multiplies: there is no queueing, and nothing that gets dearer with depth. So it says where the first ceiling is, not what p99 is. */
export function simulateCapacity(costs: MeasuredCosts, load: Load): Capacity {
  const perDay = load.messagesPerDay * load.attachmentsPerMessage;
  const attachmentsPerSecond = (perDay * load.peakShare) / 3600;
  const cores = (milliseconds: number) => (attachmentsPerSecond * milliseconds) / 1000;
  const replicaCores = cores(costs.main + costs.otherThreads + costs.decoders);
  const databaseCores = cores(costs.postgres);
  const commitsPerSecond = attachmentsPerSecond * costs.commits;
  const megabitsEach = (attachmentsPerSecond * load.megabytes * 8) / load.replicas;
  const ceilings = [
    { name: 'main threads of the replicas', used: cores(costs.main) / load.replicas },
    { name: 'cores of the replicas', used: replicaCores / (load.replicas * load.coresPerReplica) },
    { name: 'network of the replicas', used: megabitsEach / load.megabitsPerSecond },
    { name: 'cores of the database', used: databaseCores / load.databaseCores },
    { name: 'synced commits of the database', used: commitsPerSecond / load.syncsPerSecond },
  ].map(({ name, used }) => ({
    name,
    used,
    atMessagesPerDay: Math.round((load.messagesPerDay * USABLE) / used),
  }));
  return {
    attachmentsPerSecond,
    replicaCores,
    databaseCores,
    commitsPerSecond,
    statementsPerSecond: attachmentsPerSecond * costs.statements,
    walMegabytesPerSecond: (attachmentsPerSecond * costs.wal) / 1e6,
    fileGigabytesPerMonth: (perDay * 30 * (load.megabytes * 1e6 + costs.thumbnails)) / GIGABYTE,
    databaseGigabytesPerMonth: (perDay * 30 * costs.kept) / GIGABYTE,
    databaseGigabytesOfQueues:
      (perDay * 30 * costs.events + perDay * load.peakShare * costs.jobs) / GIGABYTE,
    ceilings: ceilings.toSorted((one, other) => other.used - one.used),
  };
}
