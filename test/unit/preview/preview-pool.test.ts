import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSandbox } from '../../../src/preview/ask-decoder.ts';
import type { PreviewRequest } from '../../../src/preview/make-preview.ts';
import { createPreviewPool, type PreviewPool } from '../../../src/preview/preview-pool.ts';
import { eventually } from '../../support/test-inbox.ts';

const toolPath = process.env.PATH ?? '';
const never = new AbortController().signal;
const ends: { reason: string }[] = [];
let folder: string;
let pool: PreviewPool | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mms-inbox-preview-'));
  ends.length = 0;
});
afterEach(async () => {
  pool?.close();
  pool = undefined;
  await rm(folder, { recursive: true, force: true });
});

function request(path: string): PreviewRequest {
  return {
    path,
    contentType: 'image/png',
    byteSize: 1,
    scratchFolder: folder,
    withLocation: false,
  };
}

/**
 * A pool whose processes do as `behaviour` says with a path, the body of an async function that
 * returns the reason to answer with. A request not to open the bytes is answered as asked.
 */
async function poolOf(
  behaviour: string,
  options: Partial<Parameters<typeof createPreviewPool>[0]> = {},
): Promise<PreviewPool> {
  const entry = join(folder, 'entry.mjs');
  await writeFile(
    entry,
    `async function behave(path) { ${behaviour} }
    process.on('disconnect', () => process.exit());
    process.on('message', async ({ preview }) => {
      const reason = preview.unopened ?? (await behave(preview.path));
      const result = { kind: 'card', reason, files: [] };
      process.send({ result, usage: { cpuSeconds: 0, residentBytes: 0 } });
    });`,
  );
  pool = createPreviewPool({
    concurrency: 1,
    toolPath,
    entry,
    onCrash: (end) => ends.push(end),
    ...options,
  });
  return pool;
}

async function reasonOf(path: string): Promise<string | null | undefined> {
  return (await pool?.run(request(path), never))?.reason;
}

test('a decoder that crashes costs that file, the next one is decoded', async () => {
  await poolOf(`if (path === 'crash') process.kill(process.pid, 'SIGSEGV'); return 'fine';`);
  expect(await reasonOf('crash')).toBe('The decoder crashed on these bytes');
  // Tried twice, because once may be the machine.
  expect(ends.map(({ reason }) => reason)).toEqual(
    Array(2).fill('The decoder crashed on these bytes'),
  );
  expect(await reasonOf('good')).toBe('fine');
});

test('what it wrote to its last is told for the log', async () => {
  await poolOf(`console.error('assertion failed'); process.abort();`);
  await reasonOf('any');
  expect(ends[0]).toMatchObject({ stderr: expect.stringContaining('assertion failed') });
});

test('a decoder that hangs is ended, and what it has started with it', async () => {
  await poolOf(
    `const { spawn } = await import('node:child_process');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(path, String(spawn('sleep', ['1000']).pid));
    for (;;);`,
    { timeoutMs: 700 },
  );
  const pidFile = join(folder, 'pid');
  expect(await reasonOf(pidFile)).toBe('Decoding took longer than 0.7 seconds');
  // Not tried again: others would wait as long once more.
  expect(ends).toHaveLength(1);
  const pid = Number(await readFile(pidFile, 'utf8'));
  await eventually(async () => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
});

test('a decoder that eats memory is stopped by its limit', async () => {
  await poolOf(
    `const eaten = [];
    for (let n = 0; n < 40; n += 1) eaten.push(Buffer.alloc(100e6, 1));
    return 'ate four gigabytes';`,
    { limits: { memoryBytes: 1.2 * 1024 ** 3 } },
  );
  expect(await reasonOf('any')).toBe('The decoder crashed on these bytes');
});

test('a decoder that computes for ever is stopped by its limit', async () => {
  await poolOf('for (;;);', { limits: { cpuSeconds: 1 } });
  expect(await reasonOf('any')).toBe('Decoding took more processor time than is allowed');
});

test('a decoder can open only so many files, and write none that is larger', async () => {
  await poolOf(
    `const fs = await import('node:fs');
    if (path === 'large') {
      fs.writeFileSync(${JSON.stringify(join(tmpdir(), 'mms-inbox-too-large'))}, Buffer.alloc(2e6));
      return 'wrote two megabytes';
    }
    try {
      for (let n = 0; n < 200; n += 1) fs.openSync('/dev/null');
    } catch (error) { return error.code; }
    return 'opened two hundred';`,
    { limits: { openFiles: 64, fileBytes: 1e6 } },
  );
  expect(await reasonOf('many')).toBe('EMFILE');
  expect(await reasonOf('large')).toMatch(/wrote more than is allowed|crashed/);
  await rm(join(tmpdir(), 'mms-inbox-too-large'), { force: true });
});

test('a decoder reaches no network, where the system can cut it off', async (context) => {
  const limits = { cpuSeconds: 9, memoryBytes: 2e9, openFiles: 64, fileBytes: 1e6 };
  const { isOffline } = await createSandbox(limits, toolPath);
  if (!isOffline) return context.skip('this system does not let a process give its network up');
  const server = createServer((_request, response) => response.end('reached'));
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  try {
    await poolOf(`return fetch(path).then((r) => r.text()).catch((error) => error.cause.code);`);
    const { port } = server.address() as AddressInfo;
    expect(await reasonOf(`http://127.0.0.1:${port}/`)).toBe('ENETUNREACH');
  } finally {
    server.close();
  }
});

test('its environment holds nothing but where programs are and how memory is kept', async () => {
  await poolOf(
    `return Object.keys(process.env).filter((name) => !/^(PATH|MALLOC_.*|PWD|_|OLDPWD|SHLVL)$/.test(name)).join();`,
  );
  expect(await reasonOf('any')).toBe('');
});

test('while thumbnails are written the next file is decoded, and no more than that', async () => {
  const started = join(folder, 'started');
  // "slow" is never done with decoding, the others write until they may end.
  await poolOf(
    `const fs = await import('node:fs');
    fs.appendFileSync(${JSON.stringify(started)}, path + ' ');
    if (path !== 'slow') process.send({ decoded: true });
    while (!fs.existsSync(path + '.go')) await new Promise((wait) => setTimeout(wait, 5));
    return 'fine';`,
    { processes: 2 },
  );
  const [one, two] = ['one', 'two'].map((name) => join(folder, name));
  const paths = [one as string, two as string, 'slow', 'last'];
  const stopping = new AbortController();
  const runs = paths.map((path) => pool?.run(request(path), stopping.signal));
  const whole = Promise.allSettled(runs);
  const order = async () => (await readFile(started, 'utf8')).trim().split(' ');

  await eventually(async () => expect(await order()).toEqual([one, two]));
  await writeFile(`${one}.go`, '');
  await expect(runs[0]).resolves.toMatchObject({ reason: 'fine' });
  await eventually(async () => expect(await order()).toEqual([one, two, 'slow']));
  await writeFile(`${two}.go`, '');
  await expect(runs[1]).resolves.toMatchObject({ reason: 'fine' });
  // A process is free, but it is not its turn.
  expect(await order()).toEqual([one, two, 'slow']);
  stopping.abort(new Error('stopping'));
  expect((await whole).slice(2).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('a crash while thumbnails are written costs that file alone', async () => {
  await poolOf(
    `process.send({ decoded: true });
    await new Promise((wait) => setImmediate(wait));
    if (path === 'crash') process.kill(process.pid, 'SIGSEGV');
    return 'fine';`,
    { processes: 2 },
  );
  const reasons = await Promise.all(['good', 'crash', 'next', 'last'].map(reasonOf));
  expect(reasons).toEqual(['fine', 'The decoder crashed on these bytes', 'fine', 'fine']);
});

test('a decoder that answers nonsense is ended like one that crashes', async () => {
  const answers = ['null', '"text"', '{}', '{"usage":{"cpuSeconds":"none"},"result":{}}'];
  await poolOf(
    `if (path.startsWith('pid')) return String(process.pid);
    process.send(JSON.parse(path));
    await new Promise(() => undefined);`,
  );
  for (const answer of answers) {
    expect(await reasonOf(answer)).toBe('The decoder sent an invalid answer');
  }
  expect(ends).toHaveLength(2 * answers.length);
  expect(await reasonOf('pid')).toMatch(/^\d+$/);
});

test('a process that dies while it waits is replaced', async () => {
  await poolOf('return String(process.pid);');
  const seen = new Set<string>();
  for (let n = 0; n < 3; n += 1) {
    await eventually(async () => expect(seen).not.toContain(await reasonOf('any')));
    const pid = String(await reasonOf('any'));
    seen.add(pid);
    process.kill(Number(pid), 'SIGKILL');
    await eventually(async () => expect(() => process.kill(Number(pid), 0)).toThrow('ESRCH'));
  }
});

test('a process without work is ended, and another one decodes the next file', async () => {
  await poolOf('return String(process.pid);', { endIdleAfterMs: 50 });
  for (let n = 0; n < 2; n += 1) {
    const pid = Number(await reasonOf('any'));
    await eventually(async () => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
  }
  expect(ends).toEqual([]);
});

test('a process is kept while there is work, and never ended on a file', async () => {
  // Longer than a process is kept without work; the files after it arrive around the end of that time.
  await poolOf(
    `await new Promise((wait) => setTimeout(wait, Number(path)));
    return String(process.pid);`,
    { endIdleAfterMs: 40 },
  );
  const first = await reasonOf('200');
  expect(await reasonOf('0')).toBe(first);
  for (let pause = 38; pause < 42; pause += 0.25) {
    await new Promise((wait) => setTimeout(wait, pause));
    expect(await reasonOf('1')).toMatch(/^\d+$/);
  }
  expect(ends).toEqual([]);
});

test('a process that has had its share is replaced', async () => {
  const entry = join(folder, 'entry.mjs');
  await writeFile(
    entry,
    `process.on('message', () => process.send({
      result: { kind: 'card', reason: String(process.pid), files: [] },
      usage: { cpuSeconds: 61, residentBytes: 0 },
    }));`,
  );
  pool = createPreviewPool({ concurrency: 1, toolPath, entry });
  expect(await reasonOf('one')).not.toBe(await reasonOf('two'));
});

test('a failure that is not the bytes’ costs the next file nothing', async () => {
  const entry = join(folder, 'entry.mjs');
  await writeFile(
    entry,
    `process.on('message', ({ preview }) => {
      const usage = { cpuSeconds: 0, residentBytes: 0 };
      if (preview.path === 'no room') process.send({ failure: 'ENOSPC', usage });
      else process.send({ result: { kind: 'card', reason: 'fine', files: [] }, usage });
    });`,
  );
  pool = createPreviewPool({ concurrency: 1, toolPath, entry, onCrash: (end) => ends.push(end) });
  const runs = await Promise.allSettled(['no room', 'innocent', 'no room', 'next'].map(reasonOf));
  expect(runs.map(({ status }) => status)).toEqual([
    ...['rejected', 'fulfilled', 'rejected', 'fulfilled'],
  ]);
  expect(ends).toEqual([]);
});

test('a file that cannot be read is not blamed for it', async () => {
  pool = createPreviewPool({ concurrency: 1, toolPath });
  await expect(reasonOf(join(folder, 'is-not-there'))).rejects.toThrow('ENOENT');
});

test('no room to write is no fault of the picture: it throws', async () => {
  pool = createPreviewPool({ concurrency: 2, toolPath });
  const path = join(folder, 'input');
  const picture = { width: 80, height: 60, channels: 3, background: '#c85' } as const;
  await sharp({ create: picture }).png().toFile(path);
  const run = pool.run({ ...request(path), scratchFolder: join(folder, 'is-not-there') }, never);
  await expect(run).rejects.toThrow('not written');
  expect(await readdir(folder)).toEqual(['input']);
});

test('files that may wait leave a process to others', async () => {
  const behaviour = `if (!path.startsWith('patient')) return 'fine';
    const { writeFile } = await import('node:fs/promises');
    await writeFile(${JSON.stringify(folder)} + '/' + path, '');
    await new Promise(() => setInterval(() => {}, 1000));`;
  const { run } = await poolOf(behaviour, { concurrency: 2, processes: 2 });
  expect(await reasonOf('urgent')).toBe('fine');
  const stopping = new AbortController();
  const patient = ['patient-1', 'patient-2', 'patient-3'].map((path) =>
    run(request(path), stopping.signal, -1),
  );
  await eventually(async () => expect(await readdir(folder)).toContain('patient-1'));
  expect(await reasonOf('urgent')).toBe('fine');
  expect(await readdir(folder)).toEqual(['entry.mjs', 'patient-1']);
  stopping.abort(new Error('stopping'));
  for (const one of patient) await expect(one).rejects.toThrow('stopping');
});

test('decoders that do not start are told apart from files that they crash on', async () => {
  const entry = join(folder, 'entry.mjs');
  await writeFile(entry, `throw new Error('a library is missing');`);
  pool = createPreviewPool({ concurrency: 1, toolPath, entry, onCrash: (end) => ends.push(end) });
  await expect(pool.capabilities()).rejects.toThrow(
    'The decoder process does not start: Error: a library is missing',
  );
  expect(ends).toHaveLength(1);
});

test('a run that is aborted ends its process', async () => {
  await poolOf('for (;;);');
  const stopping = new AbortController();
  const run = pool?.run(request('any'), stopping.signal);
  stopping.abort(new Error('stopping'));
  await expect(run).rejects.toThrow('stopping');
});

test('a rendition that never ends is given up, and what makes it is killed with its children', async () => {
  const entry = join(folder, 'entry.mjs');
  const pidFile = join(folder, 'pid');
  await writeFile(
    entry,
    `import { spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    process.on('message', () => writeFileSync(${JSON.stringify(pidFile)}, String(spawn('sleep', ['600']).pid)));`,
  );
  pool = createPreviewPool({ concurrency: 1, toolPath, entry, timeoutMs: 1000 });
  const { withLocation: _, ...source } = request('endless');
  const result = await pool.convert({ ...source, name: 'video', page: 1 }, never);
  expect(result).toEqual({ reason: 'Decoding took longer than 1 seconds' });
  const pid = Number(await readFile(pidFile, 'utf8'));
  await eventually(async () => expect(() => process.kill(pid, 0)).toThrow('ESRCH'));
});
