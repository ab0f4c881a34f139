import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { MIGRATIONS_FOLDER } from '../../lifecycle/project-files.ts';
import { diffSchema } from './diff-schema.ts';

// `npm run migrate:new -- <name>`: writes the next migration from prisma/schema.prisma.
const name = process.argv[2];
if (name === undefined || !/^[a-z0-9]+(_[a-z0-9]+)*$/.test(name)) {
  console.error('Usage: npm run migrate:new -- <name>   (lower-case words joined by _)');
  process.exit(2);
}
const sql = await diffSchema();
if (sql === '') {
  console.log('Schema and migrations agree: nothing to write.');
} else {
  const stamp = new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14);
  const folder = join(MIGRATIONS_FOLDER, `${stamp}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'migration.sql'), sql);
  console.log(
    `Wrote ${relative(process.cwd(), join(folder, 'migration.sql'))}. Read it before you commit it.`,
  );
}
