import { defineConfig } from 'prisma/config';

// `prisma generate` never runs the schema engine but insists that one exists, and would download it.
// Any executable will do; migrations run on the WebAssembly engine (src/database/migrations).
process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
});
