import { judgeDiskSpace } from '../doctor/check-folders.ts';
import { type Finding, problem } from '../doctor/finding.ts';
import { freeBytes } from '../files/disk-space.ts';
import type { ReportPreviews } from '../http/monitoring-router.ts';
import { refusalWords } from '../inbound/refusals/refusal-causes.ts';
import { commandLine } from '../lifecycle/command-line.ts';
import type { Readiness } from '../monitoring/readiness.ts';
import type { LastVerification } from '../verification/verification-health.ts';
import type { HealthPart } from './health-operations.ts';
import { wordsOf } from './part-words.ts';
import type { Arrivals } from './read-arrivals.ts';

/** A part, without the time since when. */
export type JudgedPart = Omit<HealthPart, 'since'>;

/** A part of `/readyz`. */
export function judgePart(
  name: string,
  { state, problem: found }: { state: HealthPart['state']; problem: string | undefined },
): JudgedPart {
  const { works, fails, remedy } = wordsOf(name);
  return state === 'ok'
    ? { name, state, meaning: works, detail: null, remedy: null }
    : { name, state, meaning: fails, detail: found ?? null, remedy };
}

/** What doctor's check of a part found. */
export function ofFinding(name: string, found: Finding, works: string, fails: string): JudgedPart {
  const { state, detail, remedy } = found;
  const judged = (
    { ok: 'ok', warning: 'degraded', failed: 'degraded', skipped: 'unknown' } as const
  )[state];
  const meaning = state === 'ok' ? works : state === 'skipped' ? 'It could not be checked.' : fails;
  return { name, state: judged, meaning, detail, remedy };
}

/** The parts that workers check, in a process that is none. */
export function onlyWorkersSee({ parts }: Readiness): JudgedPart[] {
  return ['upstream', 'deletions']
    .filter((name) => !parts.has(name))
    .map((name) => ({
      name,
      state: 'unknown',
      meaning: 'Only workers check it, and this process is none.',
      detail: null,
      remedy: 'See /readyz of a worker.',
    }));
}

/** The disk with the least room. */
export async function judgeDisks(folders: readonly string[]): Promise<Finding> {
  const free = await Promise.all(folders.map((folder) => freeBytes(folder).catch(() => null)));
  const known = free.filter((bytes) => bytes !== null);
  // Paths are not shown: the remedy of the part `blobs` names the variables.
  if (known.length === 0) return problem('skipped', 'disk', 'The disks do not answer.', null);
  return judgeDiskSpace('disk', Math.min(...known));
}

export async function judgePreviews(report: ReportPreviews | undefined): Promise<JudgedPart[]> {
  if (report === undefined) return [];
  const found = await report().catch(() => null);
  const name = 'previews';
  if (found === null) {
    return [
      {
        name,
        state: 'degraded',
        meaning: 'The preview process does not start: attachments wait for their previews.',
        detail: null,
        remedy: 'See the log; reinstall the dependencies on this machine: npm ci',
      },
    ];
  }
  const missing = found.kinds.flatMap((kind) =>
    kind.missing === null ? [] : [`${kind.name}: ${kind.missing.problem}`],
  );
  if (missing.length === 0) {
    return [
      {
        name,
        state: 'ok',
        meaning: 'All kinds of previews can be made.',
        detail: null,
        remedy: null,
      },
    ];
  }
  return [
    {
      name,
      state: 'degraded',
      meaning: 'Some kinds of attachments get a card instead of a picture.',
      detail: missing.join('; '),
      remedy:
        'Install what is missing, then rebuild the previews that failed; doctor names the packages.',
    },
  ];
}

/** The database did not answer. */
function unchecked(name: string): JudgedPart {
  return {
    name,
    state: 'unknown',
    meaning: 'It could not be checked.',
    detail: null,
    remedy: null,
  };
}

// Twilio signs every request. Unless a proxy removes the signature of all, one without is somebody else's.
const UNSIGNED: readonly string[] = ['signature_missing', 'wrong_type', 'malformed', 'too_large'];
/** Of a proxy that removes signatures: two of them may be one message, with its fallback URL. */
const MANY_UNSIGNED = 5;

/** Whether what was refused is no sign that Twilio is refused: programs that try what a server answers. */
function isStray(refused: Arrivals['refused']): boolean {
  const unsigned = refused.reduce((sum, { count }) => sum + count, 0);
  return refused.every(({ cause }) => UNSIGNED.includes(cause)) && unsigned < MANY_UNSIGNED;
}

export function judgeArrivals(arrivals: Arrivals | null): JudgedPart {
  const name = 'webhooks';
  if (arrivals === null) {
    return unchecked(name);
  }
  const { refused, isAccepting } = arrivals;
  const total = refused.reduce((sum, { count }) => sum + count, 0);
  const detail =
    total === 0
      ? null
      : `Refused within the last two hours: ${refused.map(({ cause, count }) => `${refusalWords(cause)} (${count})`).join('; ')}.`;
  // Only Twilio and our own failures cause these; anybody may cause the others.
  const isOurs = refused.some(
    ({ cause }) => cause === 'signed_differently' || cause === 'not_stored',
  );
  const isNothing = !isOurs && (isAccepting || isStray(refused));
  if (isNothing) {
    const meaning =
      total === 0
        ? 'No webhook was refused within the last two hours.'
        : isAccepting
          ? 'Webhooks are accepted; those that were refused were probably not Twilio’s.'
          : 'Requests were refused that were probably not Twilio’s.';
    return { name, state: 'ok', meaning, detail, remedy: null };
  }
  return {
    name,
    state: 'degraded',
    meaning: isOurs
      ? 'Webhooks of Twilio were refused or not stored: messages may be missing.'
      : 'Webhooks were refused within the last two hours, and none was accepted.',
    detail,
    remedy: 'See the refused webhooks for what to do; a reconciliation takes in what is missing.',
  };
}

/** @param last what the last verification has found; null when none has ended yet */
export function judgeVerification(last: LastVerification | null | 'unknown'): JudgedPart {
  const name = 'verification';
  if (last === 'unknown') return unchecked(name);
  const meaning = 'Every stored file was whole when it was verified.';
  if (last === null) {
    const never = 'Stored files were not verified yet.';
    return { name, state: 'unknown', meaning: never, detail: null, remedy: VERIFY };
  }
  const detail = `Last verified ${last.endedAt.toISOString()}`;
  if (last.open === 0) return { name, state: 'ok', meaning, detail, remedy: null };
  return {
    name,
    state: 'degraded',
    meaning: 'Stored files are missing, damaged or could not be read.',
    detail: `${detail}: ${last.open} findings`,
    remedy: `Repair what can be repaired: ${commandLine('verify --repair')}`,
  };
}

const VERIFY = `Read all of them, best once a month: ${commandLine('verify')}`;
