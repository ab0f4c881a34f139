import { readFile, writeFile } from 'node:fs/promises';
import { registerHooks } from 'node:module';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createApiDocument } from './api-document.ts';

// `npm run openapi`: writes docs/openapi.json, and the types of the client that are made from it.
// With `--check` it writes nothing, and exits with 1 when one of them is stale.

// openapi-typescript needs the JavaScript API of TypeScript, which TypeScript 7 does not have.
registerHooks({
  resolve: (specifier, context, next) =>
    next(specifier === 'typescript' ? 'typescript-5' : specifier, context),
});
const { astToString, default: openapiTypescript } = await import('openapi-typescript');

const HEADER = `// Made from docs/openapi.json by \`npm run openapi\`: do not edit.

`;

const document = createApiDocument();
const json = `${JSON.stringify(document, null, 2)}\n`;
const types = astToString(await openapiTypescript(JSON.parse(json)));
const isStale = [
  await write('../../docs/openapi.json', json),
  await write('../client/api-types.d.ts', HEADER + types),
].includes(true);
if (process.argv.includes('--check') && isStale) process.exit(1);

/** @returns whether the file was not up to date */
async function write(path: string, content: string): Promise<boolean> {
  const file = new URL(path, import.meta.url);
  if ((await readFile(file, 'utf8').catch(() => '')) === content) return false;
  const name = relative(process.cwd(), fileURLToPath(file));
  if (process.argv.includes('--check')) console.error(`${name} is stale: npm run openapi`);
  else await writeFile(file, content).then(() => console.log(`Written: ${name}`));
  return true;
}
