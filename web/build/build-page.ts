import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, rename, rm, utimes } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import {
  BUILT_PAGE,
  ROOT,
  SWAGGER_UI_FILES,
  SWAGGER_UI_FOLDER,
} from '../../src/lifecycle/project-files.ts';

const WEB = join(ROOT, 'web');

/**
 * Builds the page. The one before stays until the new one is complete, also when it fails; of several builds at once, the
 * last one to end stays.
 *
 * @param web the folder with the sources
 * @param built where the page is put
 * @throws Error of Vite, or of the file system
 */
export async function buildPage(web = WEB, built = BUILT_PAGE): Promise<void> {
  const began = new Date();
  // Only here: a start with a built page does not load it.
  const { build } = await import('vite');
  // Not by `mkdtemp`: a server of another user reads it.
  const scratch = `${built}-${randomUUID()}`;
  await mkdir(dirname(built), { recursive: true });
  try {
    await build({
      configFile: join(WEB, 'vite.config.ts'),
      root: web,
      logLevel: 'warn',
      build: { outDir: scratch, emptyOutDir: true },
    });
    await copySwaggerUi(join(scratch, basename(SWAGGER_UI_FOLDER)));
    // What was changed during the build is newer than the page.
    await utimes(join(scratch, 'index.html'), began, began);
    await replaceFolder(scratch, built);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function copySwaggerUi(folder: string): Promise<void> {
  await mkdir(folder);
  // `import.meta.resolve` is missing where the tests build the page before they begin.
  const { resolve } = createRequire(import.meta.url);
  for (const file of SWAGGER_UI_FILES) {
    await copyFile(resolve(`swagger-ui-dist/${file}`), join(folder, file));
  }
}

/** Moves a folder to where another may be: a rename alone replaces none. */
async function replaceFolder(from: string, to: string): Promise<void> {
  const replaced = `${from}-replaced`;
  for (;;) {
    await rename(to, replaced).catch(unless('ENOENT'));
    // Another build may have put its own there meanwhile.
    const isDone = await rename(from, to).then(() => true, unless('ENOTEMPTY', 'EEXIST'));
    await rm(replaced, { recursive: true, force: true });
    if (isDone) return;
  }
}

function unless(...codes: string[]) {
  return (error: NodeJS.ErrnoException): void => {
    if (!codes.includes(error.code ?? '')) throw error;
  };
}
