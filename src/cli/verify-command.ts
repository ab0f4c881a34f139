import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ApiClient, bodyOf } from '../client/api-client.ts';
import type { components } from '../client/api-types.d.ts';
import { AppError } from '../errors/app-error.ts';
import { commandLine } from '../lifecycle/command-line.ts';
import { EXIT, Interrupted } from './exit-codes.ts';
import { type JsonFlag, jsonOption, printJson } from './json-option.ts';
import { createProgressBar, followProgress } from './progress-bar.ts';
import type { WithApi } from './with-api.ts';

const PATH = '/api/v1/verifications';
// Longer than the slowest few files can take.
const STUCK_MS = 900_000;
const SHOWN = 50;

type Verification = components['schemas']['Verification'];
type Finding = components['schemas']['VerificationFinding'];

interface Flags extends JsonFlag {
  repair?: boolean;
  rate: number;
  restart?: boolean;
  cancel?: boolean;
}

/** Registers `verify`. */
export function addVerifyCommand(program: Command, withApi: WithApi): void {
  program
    .command('verify')
    .description(
      'read every stored file and compare it with its row; exit code 1 unless all are whole',
    )
    .option('--repair', 'fetch again from Twilio, or make again, what is missing or damaged')
    .option('--rate <rate>', 'how fast files are read at most', parseRate, 20_000_000)
    .option('--restart', 'begin anew instead of going on where it was')
    .addOption(
      new Option('--cancel', 'end the one that is running').conflicts(['repair', 'restart']),
    )
    .addOption(jsonOption())
    .action(({ repair = false, rate: bytesPerSecond, restart = false, cancel, json }: Flags) =>
      withApi({ worker: cancel !== true }, async (api) => {
        if (cancel) return cancelRunning(api);
        const body = { repair, bytesPerSecond, restart };
        const begun = bodyOf(await api.POST(PATH, { body }));
        if (begun.files > 0 && begun.readAt === null) {
          console.error(`Going on where it was: ${begun.files} files were read.`);
        }
        await report(api, await follow(api, begun), json);
      }),
    );
}

/** @throws AppError `not_found` when none is running */
async function cancelRunning(api: ApiClient): Promise<void> {
  const { items } = bodyOf(await api.GET(PATH, { params: { query: { limit: 1 } } }));
  const [last] = items;
  if (last?.state !== 'running') throw new AppError('not_found', 'No verification is running.');
  const params = { path: { id: last.id } };
  const { files } = bodyOf(await api.POST(`${PATH}/{id}/cancel`, { params }));
  console.log(`Cancelled after ${files} files.`);
}

/** In bytes each second: `20MB/s`, `500kB/s`, `1GB`. */
function parseRate(text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([kMG]?)B(?:\/s)?$/i.exec(text) ?? [];
  const factor = { '': 1, k: 1e3, m: 1e6, g: 1e9 }[unit.toLowerCase()];
  if (number === '' || factor === undefined) {
    throw new InvalidArgumentError('A rate is written as 20MB/s, 500kB/s or 1GB/s.');
  }
  return Math.round(Number(number) * factor);
}

/** Shows a progress bar until the verification and its repairs have ended, or until Ctrl-C. */
async function follow(api: ApiClient, begun: Verification): Promise<Verification> {
  const bar = createProgressBar(
    '{bar} {percentage} % | {files} files, {size} | {found} findings, {settled} repaired or gone{note}',
  );
  let item = begun;
  let changedAt = performance.now();
  bar.start(1000, 0, payloadOf(item));
  await followProgress(bar, async () => {
    const next = bodyOf(await api.GET(`${PATH}/{id}`, { params: { path: { id: begun.id } } }));
    if (JSON.stringify(next) !== JSON.stringify(item)) changedAt = performance.now();
    item = next;
    bar.update(Math.floor(item.progress * 1000), payloadOf(item));
    return item.endedAt === null && performance.now() - changedAt < STUCK_MS;
  });
  if (item.endedAt === null && performance.now() - changedAt >= STUCK_MS) {
    const why = item.problem ?? 'Is a worker running? Its log shows the cause.';
    throw new AppError('unavailable', `No progress for a quarter of an hour. ${why}`);
  }
  return item;
}

function payloadOf(item: Verification) {
  const { files, byteSize, settled, waiting, problem } = item;
  const repairs = waiting === 0 ? '' : `, ${waiting} to be repaired`;
  const note = problem === null ? repairs : `${repairs} | ${problem}`;
  return { files, size: `${(byteSize / 1e6).toFixed(1)} MB`, found: foundOf(item), settled, note };
}

function foundOf({ missing, damaged, unreadable, unknownStore }: Verification): number {
  return missing + damaged + unreadable + unknownStore;
}

async function report(api: ApiClient, item: Verification, isJson = false): Promise<void> {
  const { files, missing, damaged, unreadable, unknownStore, settled } = item;
  if (item.state === 'stopped') {
    throw new AppError('conflict', `Ended after ${files} files: it was cancelled, or begun anew.`);
  }
  if (item.endedAt === null) {
    throw new Interrupted(
      `Stopped showing it after ${files} files. A running server goes on. Without one, \`verify\` goes on where it was; ` +
        '`verify --cancel` ends it.',
    );
  }
  const open = missing + damaged - settled;
  if (isJson) printJson({ ...item, findings: await readFindings(api, item) });
  else {
    await printFindings(api, item);
    if (open > 0 && !item.repair) console.log(`To repair: ${commandLine('verify --repair')}`);
  }
  if (open + unreadable + unknownStore > 0) process.exitCode = EXIT.failed;
}

/** Reads all pages. */
async function readFindings(api: ApiClient, { id }: Verification): Promise<Finding[]> {
  const all: Finding[] = [];
  for (let page: { cursor?: string } = {}; ; ) {
    const params = { path: { id }, query: { limit: 200, ...page } };
    const { items, nextCursor } = bodyOf(await api.GET(`${PATH}/{id}/findings`, { params }));
    all.push(...items);
    if (nextCursor === null) return all;
    page = { cursor: nextCursor };
  }
}

async function printFindings(api: ApiClient, item: Verification): Promise<void> {
  const { id, files, missing, damaged, unreadable, unknownStore, settled } = item;
  const params = { path: { id }, query: { limit: SHOWN } };
  const findings = await api.GET(`${PATH}/{id}/findings`, { params });
  for (const finding of bodyOf(findings).items) console.log(lineOf(finding));
  if (foundOf(item) > SHOWN) console.log(`… all of them: GET ${PATH}/${id}/findings`);
  console.log(
    `Files: ${files}. Missing: ${missing}. Damaged: ${damaged}. Could not be read: ${unreadable}. ` +
      `In stores that are not configured: ${unknownStore}. Repaired or deleted since: ${settled}.`,
  );
}

function lineOf(finding: Finding): string {
  const { kind, file, name, page, sha256, mediaSids, detail, repair, reason } = finding;
  const which = [file, name, page].filter((part) => part !== null).join(' ');
  const of = mediaSids.length === 0 ? `deleted since (${sha256})` : mediaSids.join(', ');
  const state = repair === 'none' ? '' : ` | ${repair}`;
  return `${kind} | ${which} | ${of}${state}${[detail, reason]
    .flatMap((words) => words ?? [])
    .map((words) => ` | ${words}`)
    .join('')}`;
}
