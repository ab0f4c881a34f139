import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { localUrl } from '../net/host-port.ts';
import { ask, type Finding, ok, problem } from './finding.ts';

const NAME = 'parts of the running server';

const readiness = z.object({ parts: z.record(z.string(), z.string()) });

const REMEDIES: Record<string, string> = {
  workers:
    'Start a process with the role worker (ROLES), or restart the one that hangs: nothing is fetched until then.',
  jobs: 'Look at the log of the workers; start more of them if more comes in than they do.',
};

/**
 * What the running server reports about its parts in `/readyz`, including whether any worker is alive. With
 * `ADMIN_API_KEY` the report contains the problems.
 */
export async function checkReadiness(
  config: Pick<Config, 'host' | 'port' | 'adminApiKey'>,
): Promise<Finding[]> {
  const url = `${localUrl(config)}/readyz`;
  const key = config.adminApiKey;
  const answer = await ask(
    url,
    key === undefined ? {} : { headers: { authorization: `Bearer ${key}` } },
  );
  if (answer.problem !== null) return [problem('skipped', NAME, answer.problem, null)];
  const parsed = readiness.safeParse(answer.json);
  if (!parsed.success) {
    return [problem('skipped', NAME, `${url} answers ${answer.status}, and lists no parts`, null)];
  }
  const notOk = Object.entries(parsed.data.parts).filter(([, report]) => report !== 'ok');
  if (notOk.length === 0) return [ok(NAME, `${url} reports that all parts work`)];
  return notOk.map(([name, report]) => {
    const state = report.startsWith('degraded') ? 'warning' : 'failed';
    return problem(state, `${name} of the running server`, report, REMEDIES[name] ?? null);
  });
}
