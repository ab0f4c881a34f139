import { setTimeout } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import {
  createSampleRandom,
  type SampleRandom,
} from '../../src/simulator/samples/sample-random.ts';
import { launchInboxProcess, type StartingInbox } from '../support/inbox-process.ts';
import { type CuttableS3, startCuttableS3 } from '../support/s3/cuttable-s3.ts';
import { type LoadScenario, startLoadScenario } from './load-scenario.ts';
import { findPostgres, startPostgresCluster } from './postgres-cluster.ts';

const KILLS = Number(process.env.KILLS ?? 50);
const ROLES: [string, ...string[]] = ['receiver', 'receiver', 'worker', 'worker'];
const KILL_EVERY_MS = 1000;
const OUTAGE_MS = 10_000;
// On a busy machine a kill takes ten seconds: a receiver has to be ready, and messages answered. What is left to be
// done then takes minutes.
vi.setConfig({ testTimeout: 600_000 + KILLS * 20_000 });
// Share of kills that hit a process at work, after so many messages. The others hit any, also one that is starting:
// on a slow machine all would, and nothing would be sent.
const AT_WORK = 0.7;
const MESSAGES_BEFORE = 2;
const bin = findPostgres();

/** One of the processes, started again whenever it is killed. */
interface Member {
  env: Record<string, string>;
  inbox: StartingInbox;
  /** Undefined until it is ready. */
  url: string | undefined;
}

test(`${KILLS} kill -9, one a second at most, of two receivers and two workers on PostgreSQL and S3, which is down for ten seconds: none lost, none twice, no orphans`, async (context) => {
  if (bin === null) return context.skip('there is no PostgreSQL for it');
  const seed = Number(process.env.KILL_SEED ?? Date.now() % 1_000_000);
  const random = createSampleRandom(seed);
  const cluster = await startPostgresCluster(bin);
  const s3 = await startCuttableS3();
  const scenario = await startLoadScenario(cluster.url, random, { roles: ROLES, s3 });
  try {
    const killed = await killOneASecond(scenario, random, s3);
    const { counts, seconds, unfinishedUploads, ...wrong } = await scenario.settle(240_000);
    const { delivered, acknowledged, stored } = counts;
    console.log(
      `KILL_SEED=${seed}: ${killed.atWork} kills at work and ${killed.starting} while starting, ` +
        `${delivered} sent, ${acknowledged} acknowledged, ${stored} stored within ${seconds} s, ` +
        `${unfinishedUploads?.length ?? 'unknown'} uploads unfinished`,
    );
    expect(wrong).toMatchObject({ lost: [], missed: [], twice: [], orphans: [] });
    expect(acknowledged).toBeGreaterThan(KILLS);
  } finally {
    await scenario.remove();
    await s3.stop();
    await cluster.remove();
  }
});

/** @returns how many were killed at work, and before they were ready; at the end all of them are */
async function killOneASecond(
  { envs, load }: LoadScenario,
  random: SampleRandom,
  s3: CuttableS3,
): Promise<{ atWork: number; starting: number }> {
  const killed = { atWork: 0, starting: 0 };
  const failures: unknown[] = [];
  const members = envs.map(
    (env): Member => ({ env, inbox: launchInboxProcess(env), url: undefined }),
  );

  const receivers = () => members.filter(({ env }) => env.ROLES === 'receiver');

  function aim(): void {
    load.aim(...receivers().flatMap(({ url }) => url ?? []));
  }

  async function awaitReady(member: Member): Promise<void> {
    const { inbox } = member;
    try {
      const { url } = await inbox.ready;
      if (member.inbox !== inbox || inbox.child.killed) return;
      member.url = url;
      aim();
    } catch (error) {
      if (!inbox.child.killed) failures.push(error);
    }
  }

  async function kill(member: Member): Promise<void> {
    killed[member.url === undefined ? 'starting' : 'atWork'] += 1;
    member.url = undefined;
    aim();
    await member.inbox.end('SIGKILL');
    const { signalCode } = member.inbox.child;
    if (signalCode !== 'SIGKILL') failures.push(`ended by itself: ${member.inbox.output()}`);
  }

  async function outage(): Promise<void> {
    s3.proxy.breakOff();
    await setTimeout(OUTAGE_MS);
    s3.proxy.restore();
  }

  async function killInTurns(): Promise<void> {
    await Promise.all(members.map(awaitReady));
    for (let number = 0; number < KILLS; number += 1) {
      if (number === Math.floor(KILLS / 3)) restored = outage();
      await setTimeout(KILL_EVERY_MS);
      const isAtWork = random.between(0, 1) < AT_WORK;
      if (isAtWork) {
        // However long a start takes on this machine.
        await Promise.any(receivers().map(({ inbox }) => inbox.ready));
        await load.acknowledged(MESSAGES_BEFORE);
      }
      const atWork = members.filter(({ url }) => isAtWork && url !== undefined);
      const [first, ...others] = atWork.length > 0 ? atWork : members;
      if (first === undefined) throw new Error('there are no processes');
      const member = random.pick([first, ...others]);
      await kill(member);
      member.inbox = launchInboxProcess(member.env);
      void awaitReady(member);
    }
  }

  let restored = Promise.resolve();
  try {
    await killInTurns();
  } finally {
    await restored;
    await Promise.all(members.map(kill));
  }
  expect(failures).toEqual([]);
  return killed;
}
