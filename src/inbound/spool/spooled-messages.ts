import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessGone } from '../../errors/caught.ts';
import type { InboundMessage } from '../inbound-message.ts';
import { NAME, parseMinimal } from './spool-file.ts';

/** One message in the spool, waiting or set aside. */
export interface SpooledMessage {
  message: InboundMessage;
  remove(): Promise<void>;
}

/**
 * The messages in a folder of the spool, the oldest first, as far as they can be read. Other processes may add and
 * remove files meanwhile.
 *
 * @param options.seen paths of files that are left out; those that are read are added
 * @param options.removed is told the name of a file after its `remove` has removed it
 */
export async function* messagesIn(
  folder: string,
  {
    seen = new Set<string>(),
    removed,
  }: { seen?: Set<string> | undefined; removed: (name: string) => void },
): AsyncGenerator<SpooledMessage> {
  for (const name of (await readdir(folder)).filter((name) => NAME.test(name)).sort()) {
    const path = join(folder, name);
    if (seen.has(path)) continue;
    const text = await unlessGone(readFile(path, 'utf8'));
    // Draining has removed it meanwhile.
    if (text === undefined) continue;
    seen.add(path);
    const message = parseMinimal(text);
    if (message === undefined) continue;
    yield {
      message,
      async remove() {
        if ((await unlessGone(rm(path).then(() => true))) !== undefined) removed(name);
      },
    };
  }
}
