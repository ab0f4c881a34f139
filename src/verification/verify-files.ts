import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { type Database, lockBlobs, type Transaction } from '../database/database.ts';
import { asError } from '../errors/caught.ts';
import type { BlobStore } from '../files/blob-store.ts';
import type { FindingKind, Verification } from '../generated/prisma/client.ts';
import type { JobHandler } from '../jobs/job-list.ts';
import type { CheckDecodable } from './check-decodable.ts';
import { createFileReader, type FileReader, PATIENCE, type StorePatience } from './read-file.ts';
import { createReadRate } from './read-rate.ts';
import type { RepairFindings } from './repair-findings.ts';
import { type FileProblem, filesOf, isBad, type StoredFile } from './stored-file.ts';

// Progress is written after so many blobs or bytes: what a killed process has read since is read again.
const STEP_BLOBS = 100;
const STEP_BYTES = 64 * 1024 ** 2;
// Waiting for buckets, mostly.
const AT_ONCE = 8;
/** Of a run: a store that is out for long would fill the table, and its number says all. */
const MAX_UNREADABLE = 1000;

/**
 * The job `verify-files`: reads every stored file, in the order of the blobs' hashes, and compares it with its row;
 * then repairs what it has found, when that was asked for. One that is run again goes on where it was.
 *
 * @param deps.repairFindings ends the run
 */
export function createVerifyFiles(deps: {
  database: Database;
  blobs: BlobStore;
  checkDecodable: CheckDecodable;
  repairFindings: RepairFindings;
  patience?: StorePatience;
  log: Logger;
}): JobHandler<'verify-files'> {
  const { blobs, checkDecodable, repairFindings, patience = PATIENCE, log } = deps;
  const { prisma } = deps.database;

  return async ({ id }, signal) => {
    const run = await prisma.verification.findFirst({ where: { id, state: 'running' } });
    if (run === null) return;
    if (run.readAt === null && !(await readAll(run, signal))) return;
    await repairFindings(id, signal);
  };

  /** @returns false when the run was ended, or another process is further */
  async function readAll(run: Verification, signal: AbortSignal): Promise<boolean> {
    let current = run;
    const reader = createFileReader({
      blobs,
      keepRate: createReadRate(() => Number(current.bytesPerSecond)),
      onWait: (problem) => void noteProblem(run.id, problem),
      patience,
    });
    for (;;) {
      signal.throwIfAborted();
      const step = await readStep(current.after, reader, signal);
      const kept = await keep(current, step);
      if (kept === null) return false;
      if (step === null) return true;
      current = kept;
    }
  }

  async function readStep(after: string, reader: FileReader, signal: AbortSignal) {
    const window = await prisma.blob.findMany({
      where: { sha256: { gt: after } },
      orderBy: { sha256: 'asc' },
      take: STEP_BLOBS,
      include: { previews: true, renditions: { where: { state: 'ready' } } },
    });
    let bytes = 0;
    const blobsOfStep = window.filter(({ byteSize }, place) => {
      bytes += Number(byteSize);
      return place === 0 || bytes <= STEP_BYTES;
    });
    const last = blobsOfStep.at(-1)?.sha256;
    if (last === undefined) return null;
    const limit = pLimit(AT_ONCE);
    const checked = await Promise.all(
      blobsOfStep.flatMap(filesOf).map((file) => limit(() => check(file, reader, signal))),
    );
    return { last, checked };
  }

  async function check(
    file: StoredFile,
    reader: FileReader,
    signal: AbortSignal,
  ): Promise<CheckedFile> {
    const { problem, sha256 } = await reader.read(file, signal);
    if (problem !== null || sha256 === null) return { file, problem, learned: null };
    if (file.sha256 !== null) return { file, problem: null, learned: null };
    try {
      const detail = await checkDecodable(file, signal);
      if (detail !== null) return { file, problem: { kind: 'undecodable', detail }, learned: null };
      return { file, problem: null, learned: sha256 };
    } catch (error) {
      signal.throwIfAborted();
      log.warn({ err: asError(error), sha256: file.blobSha256 }, 'a preview was not decoded');
      return { file, problem: null, learned: null };
    }
  }

  /**
   * Writes what a step has found, and the place. A file whose row is gone, or refers to another file by now, was
   * deleted or replaced while it was read: it is no finding.
   *
   * @param step null when there are no more blobs
   * @returns null when the run was ended, or another process is further
   */
  async function keep(
    { id, after }: Verification,
    step: { last: string; checked: CheckedFile[] } | null,
  ): Promise<Verification | null> {
    const checked = step?.checked ?? [];
    const touched = checked.filter(({ problem, learned }) => problem !== null || learned !== null);
    const kept = await prisma.$transaction(async (tx) => {
      await lockBlobs(tx, [...new Set(touched.map(({ file }) => file.blobSha256))]);
      const current = await stillReferenced(tx, touched);
      const bad = current.flatMap(({ file, problem }) => (problem ? [{ file, problem }] : []));
      const [run] = await tx.verification.updateManyAndReturn({
        where: { id, state: 'running', after, readAt: null },
        data: {
          ...(step === null ? { readAt: new Date() } : { after: step.last }),
          problem: null,
          files: { increment: checked.length },
          byteSize: { increment: checked.reduce((sum, { file }) => sum + file.byteSize, 0) },
          ...countsOf(bad),
        },
      });
      if (run === undefined) return null;
      for (const { file, learned } of current) if (learned !== null) await learn(tx, file, learned);
      const isFull = run.unreadable + run.unknownStore > MAX_UNREADABLE;
      const found = bad.filter(({ problem }) => isBad(problem.kind) || !isFull);
      await tx.verificationFinding.createMany({ data: found.map((one) => findingOf(id, one)) });
      return { run, found };
    });
    for (const { file, problem } of kept?.found ?? []) {
      const { blobSha256: sha256, file: which } = file;
      const { kind, detail } = problem;
      log.error({ sha256, file: which, kind, detail }, 'a stored file is not as its row says');
    }
    return kept?.run ?? null;
  }

  async function noteProblem(id: string, problem: string): Promise<void> {
    const where = { id, state: 'running', problem: null } as const;
    // The next step fails, too, when the database is out.
    await prisma.verification.updateMany({ where, data: { problem } }).catch(asError);
  }
}

interface CheckedFile {
  file: StoredFile;
  problem: FileProblem | null;
  /** The SHA-256 of a file that is whole, of which none was known. */
  learned: string | null;
}

interface BadFile {
  file: StoredFile;
  problem: FileProblem;
}

function countsOf(bad: readonly BadFile[]) {
  const count = (...kinds: FindingKind[]) => ({
    increment: bad.filter(({ problem }) => kinds.includes(problem.kind)).length,
  });
  return {
    missing: count('missing'),
    damaged: count('wrong_size', 'wrong_hash', 'undecodable'),
    unreadable: count('unreadable'),
    unknownStore: count('unknown_store'),
  };
}

function findingOf(verificationId: string, { file, problem }: BadFile) {
  const { blobSha256, name, page, key } = file;
  const { kind, detail } = problem;
  return { verificationId, blobSha256, file: file.file, name, page, key, kind, detail };
}

/** The caller holds the locks of the blobs. */
async function stillReferenced(
  tx: Transaction,
  checked: readonly CheckedFile[],
): Promise<CheckedFile[]> {
  if (checked.length === 0) return [];
  const among = { in: checked.map(({ file }) => file.key) };
  const hashes = { in: checked.map(({ file }) => file.blobSha256) };
  const select = { key: true };
  const rows = [
    ...(await tx.blob.findMany({ where: { sha256: hashes, key: among }, select })),
    ...(await tx.preview.findMany({ where: { blobSha256: hashes, key: among }, select })),
    ...(await tx.rendition.findMany({ where: { blobSha256: hashes, key: among }, select })),
  ];
  const keys = new Set(rows.map(({ key }) => key));
  return checked.filter(({ file }) => keys.has(file.key));
}

async function learn(tx: Transaction, file: StoredFile, fileSha256: string): Promise<void> {
  const where = { blobSha256: file.blobSha256, key: file.key, fileSha256: null };
  if (file.file === 'preview') await tx.preview.updateMany({ where, data: { fileSha256 } });
  else await tx.rendition.updateMany({ where, data: { fileSha256 } });
}
