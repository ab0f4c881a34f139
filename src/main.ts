import { flushCompileCache } from 'node:module';
import './server/v8-settings.ts';

// `npm start`.

await import('./server/serve.ts');
// Otherwise Node writes the compile cache only at exit, and never when the process is killed.
flushCompileCache();
