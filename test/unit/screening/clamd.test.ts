import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { ZipFile } from 'yazl';
import { classifierOrigin, createAskClassifier } from '../../../src/screening/ask-classifier.ts';
import { parseAnswer, parseClamdUrl, refusesLength } from '../../../src/screening/clamd.ts';
import { ScanError, type ScanQuestion, scanVerdict } from '../../../src/screening/classifier.ts';
import { pixelQuestion } from '../../../src/screening/scanner.ts';
import { EICAR, EICAR_NAME } from '../../support/eicar.ts';
import { type FakeClamd, startFakeClamd, type TestClamd } from '../../support/fake-clamd.ts';
import { fixturePath } from '../../support/fixtures.ts';
import { hasClamd, startRealClamd } from '../../support/real-clamd.ts';

const MIB = 1024 * 1024;
const AT = '2026-01-01T00:00:00.000Z';
const TOO_LARGE = 'file: the file is larger than StreamMaxLength of clamd';

describe('addresses', () => {
  test.each([
    ['clamd://clamav', { host: 'clamav', port: 3310 }, 'clamd://clamav:3310'],
    ['clamd://clamav/', { host: 'clamav', port: 3310 }, 'clamd://clamav:3310'],
    ['CLAMD://10.0.0.7:1234', { host: '10.0.0.7', port: 1234 }, 'clamd://10.0.0.7:1234'],
    ['clamd://[::1]:65535', { host: '::1', port: 65_535 }, 'clamd://[::1]:65535'],
    ['clamd:///run/clamav/clamd.ctl', { path: '/run/clamav/clamd.ctl' }, undefined],
    ['clamd:///run/a%20b@c', { path: '/run/a b@c' }, 'clamd:///run/a b@c'],
  ])('%s', (url, address, origin = url) => {
    expect(parseClamdUrl(url)).toEqual(address);
    expect(classifierOrigin(url)).toBe(origin);
  });

  test.each([
    'http://clamav:3310',
    'clamav:3310',
    'clamd:',
    'clamd:/run/clamd.ctl',
    'clamd://',
    'clamd:///',
    'clamd:///run/clamav/',
    'clamd:///%zz',
    'clamd:///run/%00',
    'clamd://clamav:0',
    'clamd://clamav:65536',
    'clamd://clamav:port',
    'clamd://:3310',
    'clamd://clam%61v',
    'clamd://clamav/run/clamd.ctl',
    'clamd://user:secret@clamav',
    'clamd://@clamav',
    'clamd://clamav?',
    'clamd://clamav?timeout=1',
    'clamd:///run/clamd.ctl#x',
    'clamd://clamav:3310\n',
  ])('%j is none', (url) => expect(parseClamdUrl(url)).toBeNull());
});

describe('answers', () => {
  test.each([
    ['stream: OK', 'allow', []],
    ['stream: Win.Test.EICAR_HDB-1 FOUND', 'quarantine', ['Win.Test.EICAR_HDB-1']],
    [
      'stream: Pdf.Exploit.CVE_2018_4882-6449963-0 FOUND',
      'quarantine',
      ['Pdf.Exploit.CVE_2018_4882-6449963-0'],
    ],
    ['stream: My Rule: 2 FOUND', 'quarantine', ['My Rule: 2']],
    ['stream: OK FOUND', 'quarantine', ['OK']],
    ['instream(10.0.0.7@53124): Win.X FOUND', 'quarantine', ['Win.X']],
    ['instream(local): Win.X FOUND', 'quarantine', ['Win.X']],
    ['stream: a\nb\u{1}c FOUND', 'quarantine', ['abc']],
    // Not of a limit, though it sounds like one.
    ['stream: Heuristics.EncryptedStub FOUND', 'quarantine', ['Heuristics.EncryptedStub']],
  ] as const)('%j', (answer, action, labels) => {
    expect(parseAnswer(answer)).toEqual({ action, labels, reason: null });
  });

  test('the longest name is a label of a verdict that is stored', () => {
    const verdict = { ...parseAnswer(`stream: ${'x'.repeat(4000)} FOUND`), at: AT };
    expect(scanVerdict.parse(verdict)).toEqual(verdict);
    expect(verdict).toMatchObject({ action: 'quarantine', labels: ['x'.repeat(200)] });
  });

  test.each([
    ['INSTREAM size limit exceeded. ERROR', TOO_LARGE],
    [
      'stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND',
      'file: clamd did not scan all of the file (Heuristics.Limits.Exceeded.MaxFileSize)',
    ],
    ['stream: Heuristics.Limits.Exceeded FOUND', /^file: /],
    ['instream(local): Heuristics.Encrypted.Zip FOUND', /^file: .*\(Heuristics.Encrypted.Zip\)$/],
    ['stream: (null) FOUND', /^file: /],
    ['stream: Exceeded time limit ERROR', 'file: it answered "stream: Exceeded time limit ERROR"'],
    ["stream: Can't parse data ERROR", /^file: /],
    ['stream: Bad format or broken data ERROR', /^file: /],
    ["stream: Can't allocate memory ERROR", /^outage: it answered "stream: Can't allocate/],
    ['Error writing to temporary file. ERROR', /^outage: /],
    ['COMMAND READ TIMED OUT', /^outage: /],
    ['UNKNOWN COMMAND', 'refused: it answered "UNKNOWN COMMAND"'],
    ['stream: +1 415 555 0123 ERROR', /"stream: \+\* \*\*\* \*\*\* \*\*23 ERROR"$/],
    ['PONG', /^refused: /],
    ['stream: ', /^refused: /],
    ['stream:  FOUND', /^refused: /],
    ['stream: OKAY', /^refused: /],
    ['', /^refused: /],
  ])('%j is no verdict', (answer, expected) => {
    expect(failureIn(() => parseAnswer(answer))).toMatch(expected);
  });
});

/** `kind: message` of the ScanError that it throws. */
function failureIn(act: () => unknown): string {
  try {
    return JSON.stringify(act());
  } catch (error) {
    return failureOf(error);
  }
}

function failureOf(error: unknown): string {
  if (error instanceof ScanError) return `${error.kind}: ${error.message}`;
  throw error;
}

function questionOf(file: Buffer, open = () => Readable.from(piecesOf(file))): ScanQuestion {
  return { ...pixelQuestion(), byteSize: file.length, open };
}

function* piecesOf(file: Buffer) {
  for (let start = 0; start < file.length; start += 65_536) {
    yield file.subarray(start, start + 65_536);
  }
}

/** What clamd says about a file: action and labels, or `kind: message` of its failure. */
async function scan(
  url: string,
  file: Buffer | ScanQuestion,
  { timeoutSeconds = 20, signal = new AbortController().signal } = {},
): Promise<string> {
  const ask = createAskClassifier({
    url,
    token: undefined,
    content: 'original',
    timeoutSeconds,
    failure: 'hold',
  });
  try {
    const question = Buffer.isBuffer(file) ? questionOf(file) : file;
    const { action, labels } = await ask(question, signal);
    return [action, ...labels].join(' ');
  } catch (error) {
    return failureOf(error);
  }
}

const limits = { streamMaxLength: 2 * MIB, maxFileSize: MIB };
const settings = ['StreamMaxLength 2M', 'MaxFileSize 1M', 'AlertExceedsMax yes'];

describe.each<[string, boolean, (folder: string) => Promise<TestClamd & { path?: string }>]>([
  ['a strict stand-in', true, () => startFakeClamd(limits)],
  [
    'a strict stand-in at a Unix socket',
    true,
    (folder) => startFakeClamd({ ...limits, path: join(folder, 'clamd') }),
  ],
  ['clamd', hasClamd(), () => startRealClamd(...settings)],
  ['clamd at its Unix socket', hasClamd(), () => startAtSocket()],
])('%s', (_name, isHere, start) => {
  describe.runIf(isHere)('scans', () => {
    let folder: string;
    let clamd: TestClamd & { remove?: () => Promise<void> };
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'mms-inbox-clamd-'));
      clamd = await start(folder);
    });
    afterAll(async () => {
      await (clamd.remove?.() ?? clamd.stop());
      await rm(folder, { recursive: true });
      if ('violations' in clamd) expect(clamd.violations).toEqual([]);
    });

    const cases: [string, () => Buffer, string][] = [
      ['an empty file', () => Buffer.alloc(0), 'allow'],
      ['one byte', () => Buffer.alloc(1), 'allow'],
      ["EICAR's test file", () => EICAR, `quarantine ${EICAR_NAME}.UNOFFICIAL`],
      ['a file of many chunks', () => Buffer.alloc(MIB - 7, 'chunk'), 'allow'],
      [
        'one that ends with the test file',
        () => Buffer.concat([Buffer.alloc(900_000, 'chunk'), EICAR]),
        `quarantine ${EICAR_NAME}.UNOFFICIAL`,
      ],
      [
        'a file above MaxFileSize',
        () => Buffer.alloc(MIB + 1, 'large'),
        'file: clamd did not scan all of the file (Heuristics.Limits.Exceeded.MaxFileSize)',
      ],
      [
        'a file of StreamMaxLength',
        () => Buffer.alloc(2 * MIB, 'large'),
        'file: clamd did not scan all of the file (Heuristics.Limits.Exceeded.MaxFileSize)',
      ],
      ['a file of one byte more', () => Buffer.alloc(2 * MIB + 1, 'large'), TOO_LARGE],
      ['a file that is much larger', () => Buffer.alloc(60 * MIB, 'large'), TOO_LARGE],
    ];
    test.each(cases)('%s', async (_file, make, expected) => {
      expect(await scan(clamd.url, make())).toBe(expected);
    });

    test('the probe of the scanner', async () => {
      expect(await scan(clamd.url, pixelQuestion())).toBe('allow');
    });

    test('eight files at once, each with its own verdict', async () => {
      const files = Array.from({ length: 8 }, (_, index) =>
        index % 2 === 0 ? EICAR : Buffer.alloc(500_000 + index, 'x'),
      );
      const found = `quarantine ${EICAR_NAME}.UNOFFICIAL`;
      expect(await Promise.all(files.map((file) => scan(clamd.url, file)))).toEqual(
        Array.from({ length: 4 }, () => [found, 'allow']).flat(),
      );
    });

    test('whether it takes files of a size is asked without sending one', async () => {
      const address = parseClamdUrl(clamd.url);
      if (address === null) throw new Error('no address');
      const asked = [2 * MIB, 2 * MIB + 1, 2 ** 40].map((size) =>
        refusesLength(address, size, AbortSignal.timeout(20_000)),
      );
      expect(await Promise.all(asked)).toEqual([false, true, true]);
    });

    test('again after a restart', async () => {
      await clamd.stop();
      expect(await scan(clamd.url, EICAR)).toMatch(
        /^outage: the request failed \((?:ECONNREFUSED|ENOENT)\)$/,
      );
      await clamd.start();
      expect(await scan(clamd.url, EICAR)).toMatch(/^quarantine/);
    });
  });
});

async function startAtSocket() {
  const clamd = await startRealClamd(...settings);
  return { ...clamd, url: clamd.socketUrl };
}

describe.runIf(hasClamd())('clamd with other settings', () => {
  test.each([
    ['encrypted.pdf', /^file: clamd did not scan all of the file \(Heuristics\.Encrypted\.PDF\)$/],
    ['document.pdf', /^allow$/],
  ])('AlertEncrypted: %s', async (fixture, expected) => {
    const clamd = await startRealClamd('AlertEncrypted yes');
    onTestFinished(() => clamd.remove());
    expect(await scan(clamd.url, await readFile(fixturePath(fixture)))).toMatch(expected);
  });

  // Five files, of which clamd opens two.
  test.each([
    [
      'yes',
      /^file: clamd did not scan all of the file \(Heuristics\.Limits\.Exceeded\.MaxFiles\)$/,
    ],
    // So the documentation warns of it.
    ['no', /^allow$/],
  ])('malware behind MaxFiles with AlertExceedsMax %s', async (alerts, expected) => {
    const clamd = await startRealClamd('MaxFiles 2', `AlertExceedsMax ${alerts}`);
    onTestFinished(() => clamd.remove());
    const zip = new ZipFile();
    for (const name of ['a', 'b', 'c', 'd']) zip.addBuffer(Buffer.from(name), name);
    zip.addBuffer(EICAR, 'e');
    zip.end();
    expect(await scan(clamd.url, await buffer(zip.outputStream))).toMatch(expected);
  });

  test('HeuristicScanPrecedence and ExtendedDetectionInfo: the name is found as well', async () => {
    const clamd = await startRealClamd('HeuristicScanPrecedence yes', 'ExtendedDetectionInfo yes');
    onTestFinished(() => clamd.remove());
    for (const url of [clamd.url, clamd.socketUrl]) {
      expect(await scan(url, EICAR)).toBe(`quarantine ${EICAR_NAME}.UNOFFICIAL`);
    }
  });
});

test('the stand-in receives the bytes of the file and nothing else', async () => {
  const clamd: FakeClamd = await startFakeClamd();
  onTestFinished(() => clamd.stop());
  const file = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7) % 251));
  expect(await scan(clamd.url, file)).toBe('allow');
  const withEmptyPieces = () => Readable.from([Buffer.alloc(0), file, Buffer.alloc(0)]);
  expect(await scan(clamd.url, questionOf(file, withEmptyPieces))).toBe('allow');
  expect(clamd.files).toHaveLength(2);
  for (const received of clamd.files) expect(received.equals(file)).toBe(true);
  expect(clamd.violations).toEqual([]);
});

/** A clamd that does what the test says with each connection. @returns its URL */
async function clamdThat(serve: (socket: Socket, count: number) => void): Promise<string> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    // The end of a client that has been read.
    socket.on('end', () => socket.end());
    count += 1;
    serve(socket, count);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `clamd://127.0.0.1:${Object(server.address()).port}`;
}

/** Calls `act` once the client has sent a whole small file. */
function onFile(socket: Socket, act: () => void): void {
  let received = Buffer.alloc(0);
  socket.on('data', (piece) => {
    received = Buffer.concat([received, piece]);
    if (received.subarray(-4).equals(Buffer.alloc(4))) act();
  });
}

describe('a clamd that fails', () => {
  const CLOSED = 'outage: it closed the connection without an answer';
  const SLOW = 'outage: it took longer than 0.5 s';
  const brief = { timeoutSeconds: 0.5 };

  test.each<[string, (socket: Socket) => void, string]>([
    ['accepts and says nothing', (socket) => socket.resume(), SLOW],
    ['does not read', () => undefined, SLOW],
    ['answers half', (socket) => onFile(socket, () => socket.write('stream: O')), SLOW],
    [
      'answers half and closes',
      (socket) => onFile(socket, () => socket.end('stream: O')),
      'outage: its answer is not complete',
    ],
    ['closes at once', (socket) => socket.destroy(), CLOSED],
    ['closes after the file', (socket) => onFile(socket, () => socket.end()), CLOSED],
    ['closes its half at once', (socket) => socket.resume().end(), CLOSED],
    ['resets the connection', (socket) => onFile(socket, () => socket.resetAndDestroy()), CLOSED],
    [
      'answers without end',
      (socket) => onFile(socket, () => socket.write('x'.repeat(5000))),
      'refused: its answer is longer than 4096 bytes',
    ],
    [
      'is a web server',
      (socket) => socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'),
      'outage: its answer is not complete',
    ],
  ])('%s', async (_name, serve, expected) => {
    expect(await scan(await clamdThat(serve), EICAR, brief)).toBe(expected);
  });

  test('an answer that comes late, in pieces, still counts', async () => {
    const url = await clamdThat((socket) =>
      onFile(socket, () => {
        const letters = [...'stream: Late FOUND\0'];
        const timer = setInterval(() => {
          const letter = letters.shift();
          if (letter === undefined) return clearInterval(timer);
          socket.write(letter);
        }, 10);
      }),
    );
    expect(await scan(url, EICAR)).toBe('quarantine Late');
  });

  test('an answer before the end of the file counts, and the rest is not sent', async () => {
    let read = 0;
    const url = await clamdThat((socket) =>
      socket.once('data', () =>
        socket.pause().write("stream: Can't create temporary file ERROR\0"),
      ),
    );
    const file = questionOf(Buffer.alloc(500 * MIB), () =>
      Readable.from(
        (function* () {
          for (; read < 500 * MIB; read += 65_536) yield Buffer.alloc(65_536);
        })(),
      ),
    );
    expect(await scan(url, file)).toBe(
      `outage: it answered "stream: Can't create temporary file ERROR"`,
    );
    expect(read).toBeLessThan(100 * MIB);
  });

  test('is not believed that a file is clean of which it has the beginning only', async () => {
    const url = await clamdThat((socket) =>
      socket.once('data', () => socket.pause().write('stream: OK\0')),
    );
    expect(await scan(url, Buffer.alloc(20 * MIB))).toBe(
      'refused: it answered before it had the whole file',
    );
  });

  test('a file is read as fast as clamd takes it, and no further', async () => {
    let read = 0;
    const body = () =>
      Readable.from(
        (function* () {
          for (; read < 500 * MIB; read += 65_536) yield Buffer.alloc(65_536);
        })(),
      );
    const url = await clamdThat(() => undefined);
    expect(await scan(url, questionOf(Buffer.alloc(500 * MIB), body), brief)).toBe(SLOW);
    // What the buffers of the two sockets hold.
    expect(read).toBeLessThan(50 * MIB);
  });

  test('the answer about StreamMaxLength is asked for again when the connection is cut first', async () => {
    const url = await clamdThat((socket, count) => {
      if (count === 1) return void socket.once('data', () => socket.resetAndDestroy());
      onData(socket, 14, (received) => {
        expect(received.readUInt32BE(10)).toBe(20 * MIB);
        socket.end('INSTREAM size limit exceeded. ERROR\0');
      });
    });
    expect(await scan(url, Buffer.alloc(20 * MIB))).toBe(TOO_LARGE);
  });

  test('one deadline covers both connections', async () => {
    const url = await clamdThat((socket, count) => {
      if (count === 1) socket.destroy();
    });
    expect(await scan(url, EICAR, brief)).toBe(SLOW);
  });

  test('a file that is shorter than expected gets no verdict, and clamd no end of it', async () => {
    const clamd = await startFakeClamd();
    onTestFinished(() => clamd.stop());
    const short = questionOf(EICAR, () => Readable.from([EICAR.subarray(1)]));
    expect(await scan(clamd.url, short)).toMatch(/^outage: the file has another size/);
    const broken = questionOf(EICAR, () =>
      Readable.from(
        (function* () {
          yield EICAR.subarray(1);
          throw Object.assign(new Error('no disk'), { code: 'EIO' });
        })(),
      ),
    );
    expect(await scan(clamd.url, broken)).toBe('outage: the request failed (EIO)');
    expect(clamd.files).toEqual([]);
  });

  test('a scan that is aborted ends with the reason, and closes the connection', async () => {
    const closed = Promise.withResolvers<void>();
    const abort = new AbortController();
    const url = await clamdThat((socket) => {
      socket.on('close', () => closed.resolve());
      onFile(socket, () => abort.abort(new Error('the server stops')));
    });
    await expect(scan(url, EICAR, { signal: abort.signal })).rejects.toThrow('the server stops');
    await closed.promise;
    await expect(scan(url, EICAR, { signal: abort.signal })).rejects.toThrow('the server stops');
  });
});

function onData(socket: Socket, size: number, act: (received: Buffer) => void): void {
  let received = Buffer.alloc(0);
  socket.on('data', (piece) => {
    received = Buffer.concat([received, piece]);
    if (received.length === size) act(received);
  });
}
