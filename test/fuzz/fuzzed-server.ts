import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startInboxProcess } from '../support/inbox-process.ts';

const ADMIN_KEY = 'admin-key-of-the-fuzzer';
const ERROR_LEVEL = 50;
const WARN_LEVEL = 40;

/** Resident memory in bytes. */
export interface Memory {
  server: number;
  /** Of all that the server has started, together. */
  children: number;
}

/** The server as a process of its own, watched from outside. */
export interface FuzzedServer {
  url: string;
  headers: { authorization: string };
  /** What must not be in its output, and that it ended though nobody asked it to. */
  complaints: string[];
  /** Messages of its warnings. */
  warnings: string[];
  hasEnded(): boolean;
  memory(): Promise<Memory>;
  /** Files in the blob store, the scratch folder included. */
  files(): Promise<string[]>;
  /** Stops it as an operator does. */
  stop(): Promise<void>;
}

/** Starts a server on an embedded database in a folder that goes with it. */
export async function startFuzzedServer(): Promise<FuzzedServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'mms-inbox-fuzz-'));
  const { child, url, output, end } = await startInboxProcess({
    DATA_DIR: dataDir,
    ADMIN_API_KEY: ADMIN_KEY,
    TWILIO_ACCOUNT_SID: `AC${'f0'.repeat(16)}`,
    TWILIO_AUTH_TOKEN: 'token-of-the-fuzzer',
  });
  const complaints: string[] = [];
  const warnings: string[] = [];
  let isStopping = false;
  let hasEnded = false;

  function judge(line: string): void {
    if (line.trim() === '') return;
    const entry = parseLog(line);
    // Nothing but log lines is expected: an exception nobody caught is none.
    if (entry === null) complaints.push(`output that is no log line: ${line}`);
    else if (entry.level >= ERROR_LEVEL) complaints.push(`logged as an error: ${line}`);
    else if (entry.level >= WARN_LEVEL) {
      warnings.push([entry.msg, entry.reason].filter(Boolean).join(': '));
    }
  }
  for (const line of output().split('\n')) judge(line);
  for (const stream of [child.stdout, child.stderr]) {
    let rest = '';
    const keepsAll = stream?.listeners('data') ?? [];
    stream?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(judge);
    });
    // They keep every line for ever, and look through all of it at each.
    for (const listener of keepsAll) stream?.off('data', listener as () => void);
  }
  child.once('exit', (code, signal) => {
    hasEnded = true;
    if (!isStopping) complaints.push(`the server ended by itself with ${code ?? signal}`);
    else if (code !== 0) complaints.push(`the server stopped with ${code ?? signal}`);
  });

  return {
    url,
    headers: { authorization: `Bearer ${ADMIN_KEY}` },
    complaints,
    warnings,
    hasEnded: () => hasEnded,
    async memory() {
      const children = await Promise.all((await offspring(child.pid ?? 0)).map(residentBytes));
      return {
        server: await residentBytes(child.pid ?? 0),
        children: children.reduce((sum, bytes) => sum + bytes, 0),
      };
    },
    async files() {
      const folder = join(dataDir, 'blobs');
      const entries = await readdir(folder, { recursive: true, withFileTypes: true });
      const inScratch = (parent: string) => parent.includes(join(folder, 'incoming'));
      return entries
        .filter((entry) => entry.isFile() || inScratch(entry.parentPath))
        .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
    },
    async stop() {
      isStopping = true;
      await end('SIGTERM');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function parseLog(line: string): { level: number; msg?: string; reason?: string } | null {
  try {
    const entry = JSON.parse(line);
    return typeof entry?.level === 'number' ? entry : null;
  } catch {
    return null;
  }
}

async function offspring(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    tasks.map((task) => readFile(`/proc/${pid}/task/${task}/children`, 'utf8').catch(() => '')),
  );
  const pids = lists.join(' ').split(/\s+/).filter(Boolean).map(Number);
  return [...pids, ...(await Promise.all(pids.map(offspring))).flat()];
}

/** @returns 0 for a process that is gone */
async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
}
