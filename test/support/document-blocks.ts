import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../src/lifecycle/project-files.ts';

/** A fenced block of a Markdown file. */
export interface DocumentBlock {
  /** `docs/operations/vm.md:12`. */
  place: string;
  /** As after the fence: `sh`, `nginx`, or empty. */
  language: string;
  text: string;
  /** From a comment in the line before, `<!-- not run: needs Docker -->`. */
  notRun?: string;
}

/** The fenced blocks of a Markdown file of the project, in order. */
export function readBlocks(page: string): DocumentBlock[] {
  return parseBlocks(page, readFileSync(join(ROOT, page), 'utf8'));
}

export function parseBlocks(page: string, markdown: string): DocumentBlock[] {
  const blocks: DocumentBlock[] = [];
  let open: (DocumentBlock & { fence: string }) | undefined;
  let before = '';
  for (const [index, line] of markdown.split('\n').entries()) {
    const [, fence = '', language = ''] = /^\s*(`{3,}|~{3,})\s*(.*?)\s*$/.exec(line) ?? [];
    if (open === undefined && fence !== '') {
      const [, notRun] = /^\s*<!-- not run: (\S.*) -->$/.exec(before) ?? [];
      const block = { place: `${page}:${index + 1}`, language, text: '', fence };
      open = notRun === undefined ? block : { ...block, notRun };
    } else if (open !== undefined && line.trim() === open.fence) {
      const { fence: _, ...block } = open;
      blocks.push(block);
      open = undefined;
    } else if (open !== undefined) {
      open.text += `${line}\n`;
    }
    before = line;
  }
  if (open !== undefined) throw new Error(`${open.place} has no end`);
  return blocks;
}
