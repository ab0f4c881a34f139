import { z } from 'zod';

// What the archive of a backup contains, in this order:
//   database/…     the folder of the embedded database
//   spool/…        messages that waited for the database
//   files/<key>    the files that rows name, by their keys
//   manifest.json  `manifest`
//   SHA256SUMS     of all members before it, as sha256sum writes and checks them
//   archive.sha256 of every byte before its own header

/** The folders of the archive; each name in them is relative to a folder of the installation. */
export const DATABASE = 'database/';
export const SPOOL = 'spool/';
export const FILES = 'files/';
export const MANIFEST = 'manifest.json';
export const SUMS = 'SHA256SUMS';
export const SEAL = 'archive.sha256';

/** Raised when an older version could not restore an archive. */
export const FORMAT = 1;

const sids = z.array(z.string());

/** `manifest.json`: what a backup is of, and what differs from the moment of its snapshot. */
export const manifest = z.strictObject({
  format: z.literal(FORMAT),
  /** The version of mms-inbox that made it. */
  version: z.string(),
  /** The last migration of the schema. */
  migration: z.string(),
  /** The moment of the snapshot. */
  takenAt: z.iso.datetime(),
  /** The number of rows by table, with its schema. */
  tables: z.record(z.string(), z.int()),
  /** What was deleted while the archive was written: a restore deletes it again. */
  deleted: z.strictObject({ media: sids, messages: sids }),
  /** Keys of files that rows name and that were not there: deleted or replaced meanwhile, or lost before. */
  missing: z.array(z.string()),
  /** Keys of files whose bytes do not have the SHA-256 in their name. */
  damaged: z.array(z.string()),
  /** The number of files in buckets, which are not in the archive. */
  inBuckets: z.int(),
});

export type Manifest = z.output<typeof manifest>;
