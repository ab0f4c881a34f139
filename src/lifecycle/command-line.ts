import { extname } from 'node:path';

/**
 * How an operator runs a command of this installation: a clone has the sources and npm scripts, a package has what
 * they were compiled to.
 *
 * @param command with its arguments: `verify --repair`
 * @param importer `import.meta.url` of a module of the installation
 */
export function commandLine(command: string, importer: string = import.meta.url): string {
  if (isCompiled(importer)) return `npx mms-inbox ${command}`;
  return OWN_SCRIPTS.includes(command) ? `npm run ${command}` : `npm run cli -- ${command}`;
}

const OWN_SCRIPTS = ['demo', 'simulate'];

/** How an operator starts the server of this installation. */
export function startLine(importer: string = import.meta.url): string {
  return isCompiled(importer) ? 'npx mms-inbox' : 'npm start';
}

function isCompiled(importer: string): boolean {
  return extname(importer) === '.js';
}
