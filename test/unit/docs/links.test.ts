import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import GithubSlugger from 'github-slugger';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const PAGES = globSync('{*.md,docs/*.md,docs/{adr,operations}/*.md}', { cwd: ROOT });

test.each(PAGES)('the links of %s lead to files and headings that exist', (page) => {
  const links = [...text(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => String(link));
  const own = links.filter((link) => !/^[a-z]+:/.test(link));
  expect(own.filter((link) => !leadsSomewhere(page, link))).toEqual([]);
});

test('there are pages with links', () => {
  expect(PAGES).toContain('docs/moderation.md');
  expect(leadsSomewhere('README.md', 'docs/moderation.md#who-sees-what')).toBe(true);
  expect(leadsSomewhere('README.md', 'docs/moderation.md#nobody')).toBe(false);
  expect(leadsSomewhere('README.md', 'docs/nothing.md')).toBe(false);
});

function leadsSomewhere(page: string, link: string): boolean {
  const [path = '', heading] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(ROOT, target))) return false;
  return heading === undefined || !target.endsWith('.md') || headings(target).has(heading);
}

/** As GitHub names them in addresses. */
function headings(page: string): Set<string> {
  const slugger = new GithubSlugger();
  const lines = [...text(page).matchAll(/^#+ (.*)$/gm)].map(([, line]) => String(line));
  return new Set(lines.map((line) => slugger.slug(line.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1'))));
}

/** Without blocks of code. */
function text(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8').replace(/^```.*?^```/gms, '');
}
