import { flushCompileCache } from 'node:module';
import './server/v8-settings.ts';

// `npm start`.

await import('./server/serve.ts');
// Else it would be written at the end only, and never by a process that is killed.
flushCompileCache();
