import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// The only place that knows where files of the project are. `src/` is compiled to `dist/`, file by file and as deep in
// the project, so that the same paths hold for both.

/** The folder of package.json. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where `npm run build` puts the page: `index.html` and `assets/`. */
export const BUILT_PAGE = join(ROOT, 'dist/web');

/** Files of the npm package swagger-ui-dist for `/docs`, which the build of the page puts beside it. */
export const SWAGGER_UI_FILES = ['swagger-ui.css', 'swagger-ui-bundle.js'];
export const SWAGGER_UI_FOLDER = join(BUILT_PAGE, 'docs');

export const MIGRATIONS_FOLDER = join(ROOT, 'prisma/migrations');

/** Node's compile cache; bin/mms-inbox.js sets the same for what is loaded before `v8-settings.ts`. */
export const COMPILE_CACHE_FOLDER = join(ROOT, 'node_modules/.cache/mms-inbox');

/**
 * The path of a module that is started as a process or a thread of its own.
 *
 * @param importer `import.meta.url` of the caller: the module has the same extension, `.ts` in the sources and `.js`
 *   in the package
 * @param name relative to the caller, without extension
 */
export function moduleFile(importer: string, name: string): string {
  return fileURLToPath(new URL(name + extname(importer), importer));
}
