import { flushCompileCache } from 'node:module';
import './v8-settings.ts';

// `npm start`.

await import('./serve.ts');
// Else it would be written at the end only, and never by a process that is killed.
flushCompileCache();
