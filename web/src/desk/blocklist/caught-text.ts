import type { BlocklistEntry } from '../../api/types.ts';
import { strings } from '../../strings.ts';

/** The API does not count more. */
const MOST_COUNTED = 1000;

/** How many attachments an entry has caught. */
export function caughtText({ caught }: BlocklistEntry): string {
  return strings.desk.blocklist.caughtCount(caught, MOST_COUNTED);
}
