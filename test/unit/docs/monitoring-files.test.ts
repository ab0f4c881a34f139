import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { hasPromtool } from '../../support/alerts.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const alertsPage = read('docs/operations/alerts.md');
const healthPage = read('docs/operations/health.md');

interface Rule {
  alert: string;
  expr: string;
  annotations: { summary: string; description: string; runbook: string };
}
const rules = (
  parse(read('deploy/monitoring/alerts.yaml')) as { groups: { rules: Rule[] }[] }
).groups.flatMap((group) => group.rules);

interface Dashboard {
  panels: { title: string; targets?: { expr: string; legendFormat: string }[] }[];
}
const targets = (
  JSON.parse(read('deploy/monitoring/grafana-dashboard.json')) as Dashboard
).panels.flatMap((panel) => panel.targets ?? []);

/** Labels of each metric: the table of docs/operations/health.md, which a test compares with /metrics, and Node's own. */
const labels = new Map(
  [...healthPage.matchAll(/^\| `(mms_inbox_\w+)(?:\{([\w,]+)\})?` +\|/gm)].map(
    ([, name = '', own]) => [name, own?.split(',') ?? []],
  ),
);
const registry = new Registry();
collectDefaultMetrics({ register: registry });
for (const { name } of await registry.getMetricsAsJSON()) labels.set(name, []);
labels.set('up', []);
const OF_TARGETS = ['job', 'instance', 'le'];

/** Names and labels of an expression that no metric has. */
function unknownIn(expr: string): string[] {
  const text = expr.replaceAll(/"[^"]*"/g, '""');
  const names = (text.match(/\b(?:mms_inbox|nodejs|process)_\w+|\bup\b/g) ?? []).map((name) =>
    labels.has(name) ? name : name.replace(/_bucket$/, ''),
  );
  const known = [...OF_TARGETS, ...names.flatMap((name) => labels.get(name) ?? [])];
  const used = [...text.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*""|\bby \(([^)]*)\)/g)].flatMap(
    ([, label, by]) => label ?? by?.split(',').map((name) => name.trim()) ?? [],
  );
  expect(names, expr).not.toEqual([]);
  return [...names.filter((name) => !labels.has(name)), ...used.filter((l) => !known.includes(l))];
}

test('alerts and dashboard use only metrics and labels that there are', () => {
  for (const { expr } of [...rules, ...targets]) expect(unknownIn(expr), expr).toEqual([]);
  expect(unknownIn('max by (colour) (mms_inbox_workerz{state="alive"})')).toEqual([
    'mms_inbox_workerz',
    'colour',
    'state',
  ]);
});

test('legends of the dashboard name labels that its expressions have', () => {
  for (const { expr, legendFormat } of targets) {
    const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
    for (const label of shown.filter((name) => name !== 'instance')) {
      expect(expr).toMatch(new RegExp(`by \\([^)]*\\b${label}\\b`));
    }
  }
});

test('each alert says what to do, and leads to its section of docs/operations/alerts.md', () => {
  for (const { alert, annotations } of rules) {
    expect(annotations.summary, alert).toMatch(/\S/);
    expect(annotations.description, alert).toMatch(/\.$/);
    expect(annotations.runbook).toBe(`docs/operations/alerts.md#${alert.toLowerCase()}`);
    expect(alertsPage).toContain(`\n## ${alert}\n`);
  }
  const sections = [...alertsPage.matchAll(/^## (MmsInbox\w+)$/gm)].map(([, name]) => name);
  expect(sections).toEqual(rules.map(({ alert }) => alert));
});

test.skipIf(!hasPromtool())(
  'promtool finds no mistake in rules, configuration and dashboard',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'mms-inbox-rules-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const record = targets.map(({ expr }, number) => ({
      record: `panel:${number}`,
      expr: expr.replaceAll('$__rate_interval', '1m').replaceAll('$job', 'mms-inbox'),
    }));
    const panels = join(folder, 'panels.yaml');
    writeFileSync(panels, JSON.stringify({ groups: [{ name: 'panels', rules: record }] }));
    for (const args of [
      ['rules', join(ROOT, 'deploy/monitoring/alerts.yaml'), panels],
      ['config', join(ROOT, 'deploy/monitoring/prometheus.yaml')],
    ]) {
      const { status, stdout, stderr } = spawnSync('promtool', ['check', ...args], {
        encoding: 'utf8',
      });
      expect(status, stdout + stderr).toBe(0);
    }
  },
);
