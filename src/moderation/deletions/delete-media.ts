import type { Database, Transaction } from '../../database/database.ts';
import { AppError } from '../../errors/app-error.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Decider } from '../decisions.ts';

import {
  type DeletionScope,
  type DeletionSelection,
  type NewDeletion,
  ofMessages,
  recordDeletion,
  selectScope,
} from './record-deletion.ts';
import { createRunDeletion, type RunDeps, retryWhenBytesArrive } from './run-deletion.ts';
import { tombstoneTargets } from './tombstone-targets.ts';

export interface DeleteRequest extends Decider {
  sid: string;
  /** Defaults to `one`. */
  scope?: DeletionScope;
  /** Whether the messages of the selected media are deleted, too, here and at Twilio. */
  withMessages?: boolean;
  /**
   * A condition on the table `media`, for rules: a moderator may have decided about an attachment since the
   * rule found it. Media that do not meet it are kept, and treated as if they were deleted already.
   */
  onlyIf?: Prisma.Sql;
  /**
   * Runs in the transaction that makes the first tombstones, when these media are locked and before they are tombstones: it
   * sees the last decision and claim of each, and no other can follow. When it rejects, nothing is deleted.
   */
  onLocked?: (tx: Transaction) => Promise<void>;
  /**
   * Runs in the transaction that makes the first tombstones, behind them: it sees the last decision about the attachment,
   * and no other can follow. When it rejects, nothing is deleted.
   */
  alongside?: (tx: Transaction, deletionId: bigint) => Promise<void>;
}

/**
 * Deletes an attachment, and what the scope selects from it. When this resolves all bytes, previews and
 * temporary files are gone from here, unless another attachment has the same bytes; the rows are
 * tombstones, and jobs delete Twilio's copies.
 *
 * @returns the id of the deletion's record
 * @throws AppError `not_found`; `media_deleted` when nothing of it is left to be deleted;
 *   `invalid_request` for the scope `sender` when the sender is not known; `unavailable` when files could
 *   not be removed, which is retried
 */
export type DeleteMedia = (request: DeleteRequest) => Promise<bigint>;

export function createDeleteMedia(deps: RunDeps): DeleteMedia {
  const deleteSelected = createDeleteSelected(deps);

  return async ({ sid, scope = 'one', withMessages = false, onlyIf, ...wanted }) => {
    const { onLocked, alongside, ...decider } = wanted;
    const { media, messages } = await selectScope(deps.database, { sid, scope, withMessages });
    const reached = onlyIf === undefined ? media : Prisma.sql`(${media}) AND (${onlyIf})`;
    const selection = { media: reached, messages };
    return deleteSelected({ ...decider, scope, mediaSid: sid }, selection, { onLocked, alongside });
  };
}

/**
 * Deletes a message with all its media, as `DeleteMedia` does with `scope` `message` and
 * `withMessages`; also a message without media.
 *
 * @returns the id of the deletion's record
 * @throws AppError `not_found`; `message_deleted`; `unavailable` when files could not be removed, which
 *   is retried
 */
export type DeleteMessage = (sid: string, decider: Decider) => Promise<bigint>;

export function createDeleteMessage(deps: RunDeps): DeleteMessage {
  const deleteSelected = createDeleteSelected(deps);

  return async (sid, decider) => {
    await requireMessage(deps.database, sid);
    const requested = { ...decider, scope: 'message', mediaSid: null };
    return deleteSelected(requested, ofMessages([sid]), { alreadyDeleted: messageDeletedBefore });
  };
}

/** @throws AppError `not_found`, `message_deleted` */
async function requireMessage({ prisma }: Database, sid: string): Promise<void> {
  const message = await prisma.message.findUnique({ where: { sid } });
  if (message === null) throw new AppError('not_found', 'There is no message with this sid.');
  if (message.deletedAt !== null) throw messageDeletedBefore();
}

function messageDeletedBefore(): AppError {
  return new AppError('message_deleted', 'This message was deleted before.');
}

function createDeleteSelected(deps: RunDeps) {
  const { database, queue } = deps;
  const runDeletion = createRunDeletion(deps);

  return async (
    requested: NewDeletion,
    selection: DeletionSelection,
    {
      alreadyDeleted = deletedBefore,
      onLocked,
      alongside,
    }: {
      alreadyDeleted?: () => AppError;
      onLocked?: DeleteRequest['onLocked'] | undefined;
      alongside?: DeleteRequest['alongside'] | undefined;
    },
  ): Promise<bigint> => {
    const id = await retryWhenBytesArrive(() =>
      database.prisma.$transaction(async (tx) => {
        const { id, targets } = await recordDeletion(tx, queue, requested, selection);
        if (targets === 0) throw alreadyDeleted();
        const deletion = { ...requested, id, requestedBy: requested.actor };
        // In the same transaction: of two concurrent deletes, the second gets an error and no record.
        const { seen, tombstoned } = await tombstoneTargets(tx, deps, deletion, { onLocked });
        if (tombstoned === 0 && seen === targets) throw alreadyDeleted();
        await alongside?.(tx, id);
        return id;
      }),
    );
    if (!(await runDeletion(id))) throw notRemoved(id);
    return id;
  };
}

function deletedBefore(): AppError {
  return new AppError('media_deleted', 'It was deleted before.');
}

function notRemoved(id: bigint): AppError {
  const path = deletionPath(id);
  return new AppError(
    'unavailable',
    `Some files could not be removed yet. This is retried; ${path} shows the progress.`,
    { headers: { Location: path } },
  );
}

/** The URL path of a deletion's record. */
export function deletionPath(id: bigint): string {
  return `/api/v1/deletions/${id}`;
}

/**
 * Deletes for rules and jobs, for which an earlier deletion is no error.
 *
 * @returns false when it was deleted before, or does not meet `onlyIf` any more
 */
export async function deleteUnlessGone(
  deleteMedia: DeleteMedia,
  request: DeleteRequest,
): Promise<boolean> {
  try {
    await deleteMedia(request);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'media_deleted') return false;
    throw error;
  }
}

/** What a deletion would reach. */
interface Reach {
  media: number;
  messages: number;
}

/**
 * Counts what a delete would reach now; nothing is changed or recorded.
 *
 * @throws AppError what the delete would throw: `not_found`, `media_deleted`, `invalid_request`
 */
export type CountDeletion = (
  request: Required<Pick<DeleteRequest, 'sid' | 'scope' | 'withMessages'>>,
) => Promise<Reach>;

export function createCountDeletion(database: Database): CountDeletion {
  return async (request) => {
    const reach = await countSelected(database, await selectScope(database, request));
    if (reach.media + reach.messages === 0) throw deletedBefore();
    return reach;
  };
}

/**
 * Counts what the delete of a message would reach now; nothing is changed or recorded.
 *
 * @throws AppError `not_found`, `message_deleted`
 */
export type CountMessageDeletion = (sid: string) => Promise<Reach>;

export function createCountMessageDeletion(database: Database): CountMessageDeletion {
  return async (sid) => {
    await requireMessage(database, sid);
    return countSelected(database, ofMessages([sid]));
  };
}

async function countSelected(
  { prisma }: Database,
  { media, messages }: DeletionSelection,
): Promise<Reach> {
  const [counts] = await prisma.$queryRaw<[Reach]>`
    SELECT
      (SELECT count(*)::int FROM media WHERE state <> 'deleted' AND ${media}) AS media,
      (SELECT count(*)::int FROM message
        WHERE deleted_at IS NULL AND ${messages ?? Prisma.sql`false`}) AS messages`;
  return counts;
}
