import type { Database } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { pictureOf } from '../../preview/picture-of.ts';
import type { EntryTerms } from './add-entries.ts';
import type { BlockHashes } from './block-hashes.ts';
import { hashesOf } from './blocklist-hash.ts';

/**
 * Keeps out what a media shows: its bytes and, of a picture, what looks like it.
 *
 * @throws AppError `not_found`, `media_deleted`, or `media_not_stored` while its bytes are not here
 */
export type BlockMedia = (
  sid: string,
  terms: Omit<EntryTerms, 'source'>,
  applyToExisting: boolean,
) => ReturnType<BlockHashes>;

export function createBlockMedia({ prisma }: Database, blockHashes: BlockHashes): BlockMedia {
  return async (sid, terms, applyToExisting) => {
    const media = await prisma.media.findUnique({ where: { sid }, include: { blob: true } });
    if (media === null) throw new AppError('not_found', 'There is no media with this sid.');
    if (media.state === 'deleted') throw new AppError('media_deleted', 'This media was deleted.');
    // Before its preview is made, nobody knows what it looks like.
    if (media.state !== 'stored' || media.blob === null) {
      throw new AppError('media_not_stored', `There is nothing to go by: it is ${media.state}.`);
    }
    const hashes = hashesOf(media.blob.sha256, pictureOf(media.blob));
    return blockHashes(hashes, { ...terms, source: 'decision' }, applyToExisting);
  };
}
