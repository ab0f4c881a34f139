import { setTimeout } from 'node:timers/promises';
import {
  createSampleRandom,
  type SampleRandom,
} from '../../src/simulator/samples/sample-random.ts';
import type { Consistency } from '../support/check-consistency.ts';
import { launchInboxProcess, startInboxProcess } from '../support/inbox-process.ts';
import { type LoadScenario, startLoadScenario } from './load-scenario.ts';
import type { PostgresCluster } from './postgres-cluster.ts';

// When a process is killed: while it starts, while it works, or while it stops.
const MOMENTS = ['starting', 'working', 'working', 'stopping'] as const;
type Moment = (typeof MOMENTS)[number] | 'draining';
// Where the database can be stopped, so often a kill comes while its outage is made up for.
const KILLS_FOR_AN_OUTAGE = 12;

/**
 * Kills a process again and again at random moments under load, lets the last one finish, and says what
 * is there then. `KILL_SEED` repeats a run, as far as moments go.
 *
 * @param cluster undefined for the embedded database
 */
export async function killUnderLoad(
  kills: number,
  cluster: PostgresCluster | undefined,
): Promise<Consistency> {
  const name = cluster === undefined ? 'embedded database' : 'PostgreSQL';
  const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
  const random = createSampleRandom(seed);
  const scenario = await startLoadScenario(cluster?.url, random);
  try {
    const killed = { starting: 0, working: 0, stopping: 0, draining: 0 };
    const began = performance.now();
    for (let kill = 1; kill <= kills; kill += 1) {
      const isOutage = cluster !== undefined && kill % KILLS_FOR_AN_OUTAGE === 0;
      if (isOutage) await killAfterOutage(scenario, cluster, random);
      killed[isOutage ? 'draining' : await runAndKill(scenario, random)] += 1;
    }
    const seconds = Math.round((performance.now() - began) / 1000);
    const found = await scenario.settle(240_000);
    const { delivered, acknowledged, stored } = found.counts;
    console.log(
      `${name}, KILL_SEED=${seed}: ${kills} kills in ${seconds} s (${killed.starting} starting, ` +
        `${killed.working} working, ${killed.stopping} stopping, ${killed.draining} draining), ${delivered} sent, ` +
        `${acknowledged} acknowledged, ${stored} stored within ${found.seconds} s, lost ` +
        `${found.lost.length}, twice ${found.twice.length}, orphans ${found.orphans.length}`,
    );
    return found;
  } finally {
    await scenario.remove();
  }
}

async function runAndKill({ env, load }: LoadScenario, random: SampleRandom): Promise<Moment> {
  const moment = random.pick(MOMENTS);
  const inbox = launchInboxProcess(env);
  const aimed = inbox.ready.then(
    ({ url }) => load.aim(url),
    (error) => {
      if (moment !== 'starting') throw error;
    },
  );
  if (moment === 'starting') {
    await setTimeout(random.between(0, 1500));
  } else {
    await aimed;
    await load.acknowledged(Math.floor(random.between(0, 12)));
    await setTimeout(random.between(0, 500));
  }
  if (moment === 'stopping') {
    inbox.child.kill('SIGTERM');
    await setTimeout(random.between(0, 200));
  }
  await inbox.end('SIGKILL');
  await aimed;
  load.aim();
  return moment;
}

/** The database goes away, so that messages are spooled; the next process is killed while it drains them. */
async function killAfterOutage(
  { env, load }: LoadScenario,
  cluster: PostgresCluster,
  random: SampleRandom,
): Promise<void> {
  const before = await startInboxProcess(env);
  load.aim(before.url);
  await load.acknowledged(2);
  await cluster.stop('immediate');
  await load.acknowledged(6);
  await before.end('SIGKILL');
  load.aim();
  await cluster.start();
  const draining = await startInboxProcess(env);
  load.aim(draining.url);
  // It begins half a second after its start.
  await setTimeout(random.between(300, 1000));
  await draining.end('SIGKILL');
  load.aim();
}
