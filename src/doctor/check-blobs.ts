import { createDiskBlobStore } from '../files/disk-blob-store.ts';
import { type Finding, ok, problem } from './finding.ts';
import { folderRemedy, nearestFolder, requireFolderIn } from './nearest-folder.ts';

const NAME = 'blob store';

/** Whether files can be written where attachments are kept. A folder that is missing is not made. */
export async function checkBlobs(folder: string): Promise<Finding> {
  try {
    const nearest = await nearestFolder(folder);
    if (!nearest.isItself) {
      await requireFolderIn(nearest.path);
      return ok(NAME, `the first start makes ${folder}`);
    }
    await (await createDiskBlobStore(folder, () => 'doctor')).checkWritable();
    return ok(NAME, `${folder} is writable`);
  } catch (error) {
    return problem('failed', NAME, (error as Error).message, folderRemedy(folder));
  }
}
