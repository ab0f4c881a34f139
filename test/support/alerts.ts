import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const RULES = fileURLToPath(new URL('../../deploy/monitoring/alerts.yaml', import.meta.url));
// Of promtool's clock: all is well for ten minutes, then the outage lasts for twenty.
const SAMPLES = { before: 40, during: 80 };
const WELL_AT = '9m45s';
const OUT_AT = '22m';

interface Rules {
  groups: { rules: { alert: string; expr: string }[] }[];
}

export const hasPromtool = () => spawnSync('promtool', ['--version']).status === 0;

export async function readRules(): Promise<{ alert: string; expr: string }[]> {
  const { groups } = parse(await readFile(RULES, 'utf8')) as Rules;
  return groups.flatMap(({ rules }) => rules);
}

/** The samples of one process, or null when it does not answer. */
type Scrape = ReadonlyMap<string, number> | null;

/**
 * Evaluates the alert rules with promtool, on what processes have shown.
 *
 * @param before a scrape of each process while all was well
 * @param during a scrape of each in an outage
 * @returns which alerts fire before, and which after 12 minutes of the outage
 */
export async function firingAlerts(
  before: readonly Scrape[],
  during: readonly Scrape[],
): Promise<{ before: string[]; during: string[] }> {
  const rules = await readRules();
  const names = new Set(rules.flatMap(({ expr }) => expr.match(/\b[a-z]+_\w+/g) ?? []));
  const series = before.flatMap((scrape, place) =>
    seriesOf(scrape, during[place] ?? null, `process-${place}`, names),
  );
  return { before: await firingAt(WELL_AT, series), during: await firingAt(OUT_AT, series) };
}

function seriesOf(before: Scrape, during: Scrape, instance: string, names: ReadonlySet<string>) {
  const keys = new Set([...(before ?? []), ...(during ?? [])].map(([key]) => key));
  const used = [...keys].filter((key) => names.has(key.split('{')[0] ?? ''));
  const target = `job="mms-inbox",instance="${instance}"`;
  const values = (scrape: Scrape, key: string, samples: number) => {
    const value = scrape?.get(key);
    return value === undefined || Number.isNaN(value)
      ? `_x${samples}`
      : `${value}+0x${samples - 1}`;
  };
  const up = (scrape: Scrape, samples: number) => `${scrape === null ? 0 : 1}+0x${samples - 1}`;
  return [
    {
      series: `up{${target}}`,
      values: `${up(before, SAMPLES.before)} ${up(during, SAMPLES.during)}`,
    },
    ...used.map((key) => ({
      series: key.endsWith('}') ? `${key.slice(0, -1)},${target}}` : `${key}{${target}}`,
      values: `${values(before, key, SAMPLES.before)} ${values(during, key, SAMPLES.during)}`,
    })),
  ];
}

async function firingAt(at: string, series: object[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'mms-inbox-alerts-'));
  const expr = 'group by (alertname) (ALERTS{alertstate="firing"})';
  // promtool compares, and prints what it has got when that is something else: nothing has this name.
  const nothing = [{ labels: '{alertname="none"}', value: 1 }];
  const file = {
    rule_files: [RULES],
    evaluation_interval: '15s',
    tests: [
      {
        interval: '15s',
        input_series: series,
        promql_expr_test: [{ expr, eval_time: at, exp_samples: nothing }],
      },
    ],
  };
  try {
    // JSON is YAML.
    await writeFile(join(folder, 'test.yaml'), JSON.stringify(file));
    const { stdout, stderr } = spawnSync('promtool', ['test', 'rules', join(folder, 'test.yaml')], {
      encoding: 'utf8',
    });
    const [, got] = /^ *got: (.*)$/m.exec(stdout + stderr) ?? [];
    // Anything else is a mistake in the series or the rules.
    if (got === undefined) throw new Error(stdout + stderr);
    return [...got.matchAll(/alertname="(\w+)"/g)].map(([, name = '']) => name).sort();
  } finally {
    await rm(folder, { recursive: true });
  }
}
