import { join } from 'node:path';
import { asError } from '../errors/caught.ts';
import { inspectSpool } from '../inbound/spool/spool-folder.ts';
import { commandLine } from '../lifecycle/command-line.ts';
import { folderRemedy } from './check-folders.ts';
import { type Finding, ok, problem } from './finding.ts';

const NAME = 'spool';

/** Whether messages are left in the spool of this `DATA_DIR`, also when no receiver runs on it any more. */
export async function checkSpool(dataDir: string): Promise<Finding> {
  const folder = join(dataDir, 'spool');
  try {
    const contents = await inspectSpool(folder);
    const { waiting, setAside, oldest } = contents ?? { waiting: 0, setAside: 0, oldest: null };
    if (waiting + setAside === 0) return ok(NAME, `no message is left in ${folder}`);
    const since = oldest === null ? '' : ` since ${oldest.toISOString()}`;
    const left = [
      ...(waiting === 0 ? [] : [`messages that wait for the database${since}: ${waiting}`]),
      ...(setAside === 0 ? [] : [`messages that the database has refused: ${setAside}`]),
    ];
    return problem(
      'warning',
      NAME,
      `${left.join('; ')}, in ${folder}`,
      'A receiver that runs with this DATA_DIR takes them in when the database answers. If there will be none, run ' +
        `here: ${commandLine(`drain-spool ${folder}`)}`,
    );
  } catch (error) {
    return problem('failed', NAME, asError(error).message, folderRemedy(dataDir));
  }
}
