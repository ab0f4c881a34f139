import './v8-settings.ts';

// `npm run cli -- <command>`.
await import('./commands.ts');
