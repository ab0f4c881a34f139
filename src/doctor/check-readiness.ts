import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { localUrl } from '../net/host-port.ts';
import { ask, type Finding, ok, problem } from './finding.ts';

const NAME = 'parts of the running server';

/** Where the running server listens, and what it lets in. */
export type ServerOptions = Pick<Config, 'host' | 'port' | 'adminApiKey' | 'opsToken'>;

const readiness = z.object({
  status: z.string(),
  parts: z.record(z.string(), z.string()).optional(),
});

const REMEDIES: Record<string, string> = {
  workers:
    'Start a process with the role worker (ROLES), or restart the one that hangs: nothing is fetched until then.',
  jobs: 'Look at the log of the workers; start more of them if more comes in than they do.',
};

/**
 * What the running server reports about its parts in `/readyz`, including whether any worker is alive. Behind a proxy
 * it reports them only with `OPS_TOKEN` or `ADMIN_API_KEY`.
 */
export async function checkReadiness(config: ServerOptions): Promise<Finding[]> {
  const { url, answer } = await askReadiness(config);
  if (answer.problem !== null) return [problem('skipped', NAME, answer.problem, null)];
  const parsed = readiness.safeParse(answer.json);
  if (!parsed.success) {
    return [problem('skipped', NAME, `${url} answers ${answer.status}, and lists no parts`, null)];
  }
  const { status, parts } = parsed.data;
  if (parts === undefined) return [withoutParts(url, status)];
  const notOk = Object.entries(parts).filter(([, report]) => report !== 'ok');
  if (notOk.length === 0) return [ok(NAME, `${url} reports that all parts work`)];
  return notOk.map(([name, report]) => {
    const state = report.startsWith('degraded') ? 'warning' : 'failed';
    return problem(state, `${name} of the running server`, report, REMEDIES[name] ?? null);
  });
}

/** The server knows neither key, or this configuration has none. */
function withoutParts(url: string, status: string): Finding {
  if (status === 'ready') return ok(NAME, `${url} reports that it is ready`);
  const remedy = 'Set OPS_TOKEN or ADMIN_API_KEY as for that server, to see which part it is.';
  const state = status === 'degraded' ? 'warning' : 'failed';
  return problem(state, NAME, `${url} reports that it is ${status}`, remedy);
}

/** `/readyz` of the running server, with the key of this configuration. */
export async function askReadiness(config: ServerOptions) {
  const url = `${localUrl(config)}/readyz`;
  const key = config.opsToken ?? config.adminApiKey;
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  return { url, answer: await ask(url, { headers }) };
}
