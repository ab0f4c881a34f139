import './server/v8-settings.ts';

// `npm run cli -- <command>`.
await import('./cli/commands.ts');
