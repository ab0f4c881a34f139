import { asError } from '../errors/caught.ts';
import { commandLine } from '../lifecycle/command-line.ts';
import { createPreviewPool } from '../preview/preview-pool.ts';
import { type Finding, ok, problem } from './finding.ts';

/**
 * Which previews can be made on this machine.
 *
 * @param toolPath where programs are found, as `PATH`
 */
export async function checkPreviews(toolPath: string): Promise<Finding[]> {
  const pool = createPreviewPool({ concurrency: 1, toolPath });
  try {
    const { kinds, isOffline } = await pool.capabilities();
    const found = kinds.map(({ name, missing }) => {
      const title = `preview of ${name}`;
      if (missing === null) return ok(title, 'can be made');
      const remedy = `${missing.remedy}; afterwards: ${commandLine('previews rebuild --failed')}`;
      return problem('warning', title, missing.problem, remedy);
    });
    return [...found, isolation(isOffline)];
  } catch (error) {
    const remedy = 'Reinstall the dependencies on this machine: npm ci';
    return [problem('failed', 'previews', asError(error).message, remedy)];
  } finally {
    pool.close();
  }
}

function isolation(isOffline: boolean): Finding {
  const name = 'isolation of decoders';
  if (isOffline) return ok(name, 'decoders have no network access');
  return problem(
    'warning',
    name,
    'decoders have network access: this system does not allow unshare',
    'Install util-linux (unshare), and allow user namespaces; in a container: docs/operations/containers.md',
  );
}
