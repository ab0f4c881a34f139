import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the project. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where `npm run build` puts the page: `index.html` and `assets/`. */
export const BUILT = join(ROOT, 'dist/web');
