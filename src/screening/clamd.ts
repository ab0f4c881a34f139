import { connect, type Socket } from 'node:net';
import { addAbortSignal, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../errors/caught.ts';
import { maskPhoneNumbers } from '../monitoring/logger.ts';
import { type AskClassifier, MAX_LABEL, ScanError, type ScanVerdict } from './classifier.ts';

// ClamAV's daemon [clamd(8), clamd/server-th.c, clamd/scanner.c]. A client sends `zINSTREAM\0`, then chunks,
// each after its length of four bytes, and a length of zero at the end. clamd sends one answer that ends
// with `\0`, and closes the connection.

/** Where clamd listens, as `net.connect` takes it. */
export type ClamdAddress = { host: string; port: number } | { path: string };

const DEFAULT_PORT = 3310;

/**
 * Reads `clamd://host`, `clamd://host:port` or `clamd:///path/of/the/socket`.
 *
 * @returns null for any other text, also for a URL with a user, a query, a fragment, or both host and path
 */
export function parseClamdUrl(text: string): ClamdAddress | null {
  const url = /^clamd:\/\/[^/?#@\s]*(?:\/[^?#\s]*)?$/i.test(text) ? URL.parse(text) : null;
  if (url === null) return null;
  const { hostname, port, pathname } = url;
  if (hostname === '') return parsePath(pathname);
  // A name or IPv4 address, or IPv6 in brackets.
  const host = /^(?:[\w.-]+|\[([\da-f:.]+)\])$/i.exec(hostname);
  if (host === null || port === '0' || !/^\/?$/.test(pathname)) return null;
  return { host: host[1] ?? hostname, port: port === '' ? DEFAULT_PORT : Number(port) };
}

function parsePath(pathname: string): ClamdAddress | null {
  try {
    const path = decodeURIComponent(pathname);
    return /^\/.*[^/]$/s.test(path) && !path.includes('\0') ? { path } : null;
  } catch {
    // A percent sign that begins no escape.
    return null;
  }
}

/** Sends files to clamd: what it finds is quarantined. Content types and tokens are not part of its protocol. */
export function createClamd(address: ClamdAddress): AskClassifier {
  return async (question, signal) => {
    const body = question.open();
    // `pipeline` reports stream errors; without a listener of its own a late error would end the process.
    body.on('error', ignoreError);
    const answer = await sendFile(address, body, question.byteSize, signal).finally(() =>
      body.destroy(),
    );
    if (answer !== null) return { ...parseAnswer(answer), at: new Date().toISOString() };
    if (await refusesLength(address, question.byteSize, signal)) throw fileTooLarge();
    throw new ScanError('it closed the connection without an answer', 'outage');
  };
}

/**
 * Whether clamd refuses streams of this length: it compares the announced length of a chunk with
 * `StreamMaxLength` before it reads the chunk. Only the length is sent, and then the end of the connection,
 * so that clamd answers or closes at once. Of a file it may close the connection while more is on its way,
 * which can lose the answer.
 *
 * @throws the reason of `signal`, and what the connection fails with
 */
export async function refusesLength(
  address: ClamdAddress,
  byteSize: number,
  signal: AbortSignal,
): Promise<boolean> {
  const socket = open(address, signal);
  try {
    const answer = readAnswer(socket);
    socket.end(Buffer.concat([COMMAND, lengthOf(Math.min(byteSize, MAX_CHUNK))]));
    return isTooLarge((await answer) ?? '');
  } finally {
    socket.destroy();
  }
}

const COMMAND = Buffer.from('zINSTREAM\0');
const CLEAN = 'stream: OK';
const MAX_CHUNK = 2 ** 32 - 1;
const MAX_ANSWER_BYTES = 4096;

const ignoreError = () => undefined;

/** @returns the answer; null when clamd closed the connection without one */
async function sendFile(
  address: ClamdAddress,
  body: Readable,
  byteSize: number,
  signal: AbortSignal,
): Promise<string | null> {
  const socket = open(address, signal);
  try {
    const answer = readAnswer(socket);
    let isWhole = false;
    const chunks = (pieces: AsyncIterable<Buffer>) =>
      chunksOf(pieces, byteSize, () => {
        isWhole = true;
      });
    const sent = pipeline(body, chunks, socket, { end: false });
    // It may answer before all is sent: about an error of its own, not that there is nothing in the rest.
    const text = await Promise.race([answer, sent.then(() => answer)]);
    if (text === CLEAN && !isWhole) {
      throw new ScanError('it answered before it had the whole file', 'refused');
    }
    return text;
  } catch (error) {
    signal.throwIfAborted();
    if (isCut(error)) return null;
    throw error;
  } finally {
    socket.destroy();
  }
}

function open(address: ClamdAddress, signal: AbortSignal): Socket {
  const socket = addAbortSignal(signal, connect(address));
  // `readAnswer` reports errors until there is an answer.
  return socket.on('error', ignoreError);
}

/** Closed by clamd: between two writes of ours, or during one. */
function isCut(error: unknown): boolean {
  return ['EPIPE', 'ECONNRESET'].includes(codeOf(error) ?? '');
}

/** @param onEnd called before the last chunk */
async function* chunksOf(pieces: AsyncIterable<Buffer>, byteSize: number, onEnd: () => void) {
  yield COMMAND;
  let rest = byteSize;
  for await (const piece of pieces) {
    // A length of zero would end the file.
    if (piece.length === 0) continue;
    rest -= piece.length;
    yield Buffer.concat([lengthOf(piece.length), piece]);
  }
  if (rest !== 0) throw new ScanError('the file has another size than expected', 'outage');
  onEnd();
  yield lengthOf(0);
}

function lengthOf(size: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(size);
  return length;
}

/** @returns the answer without its final `\0`; null when the connection ends without an answer */
function readAnswer(socket: Socket): Promise<string | null> {
  return new Promise((resolve, reject) => {
    let text = Buffer.alloc(0);
    socket.on('data', (piece) => {
      text = Buffer.concat([text, piece]);
      const end = text.indexOf(0);
      if (end !== -1) resolve(text.toString('utf8', 0, end));
      else if (text.length > MAX_ANSWER_BYTES) {
        reject(new ScanError(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`, 'refused'));
      }
    });
    socket.on('end', () => {
      if (text.length === 0) resolve(null);
      else reject(new ScanError('its answer is not complete', 'outage'));
    });
    socket.on('error', reject);
  });
}

/**
 * What an answer of clamd says about a file. A signature that was found quarantines it: no false positive is
 * lost. Its name is kept as it is: digits in it are no phone number.
 *
 * @throws ScanError for an answer without a verdict
 */
export function parseAnswer(answer: string): Omit<ScanVerdict, 'at'> {
  if (answer === CLEAN) return { action: 'allow', labels: [], reason: null };
  // With HeuristicScanPrecedence the prefix names the client: `instream(10.0.0.7@53124): `.
  const [, name] = /^(?:stream|instream\(.*?\)): (.+) FOUND$/s.exec(answer) ?? [];
  if (name === undefined) throw failureOf(answer);
  if (NOT_SCANNED.test(name)) {
    throw new ScanError(`clamd did not scan all of the file (${shorten(name)})`, 'file');
  }
  return { action: 'quarantine', labels: [shorten(name)], reason: null };
}

// What clamd reports with AlertExceedsMax and AlertEncrypted: files, or parts of them, that it did not scan.
// Release 0.105 has no name for a file above MaxFileSize [github.com/Cisco-Talos/clamav/issues/720].
const NOT_SCANNED = /^(?:Heuristics\.(?:Limits\.Exceeded|Encrypted)(?:\.|$)|\(null\)$)/;

// The messages of libclamav's `cl_strerror` that are due to the file.
const ABOUT_FILE = /: (?:Exceeded .*|Bad format or broken data|Can't (?:parse|unpack) .*) ERROR$/;

function isTooLarge(answer: string): boolean {
  return answer === 'INSTREAM size limit exceeded. ERROR';
}

function failureOf(answer: string): ScanError {
  if (isTooLarge(answer)) return fileTooLarge();
  const message = `it answered "${maskPhoneNumbers(shorten(answer))}"`;
  if (ABOUT_FILE.test(answer)) return new ScanError(message, 'file');
  // Another answer is not of clamd, or of one that does not know the command.
  return new ScanError(message, / (?:ERROR|TIMED OUT)$/.test(answer) ? 'outage' : 'refused');
}

function fileTooLarge(): ScanError {
  return new ScanError('the file is larger than StreamMaxLength of clamd', 'file');
}

/** As a label or part of a reason: one line, of limited length. */
function shorten(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cs}]/gu, '')
    .slice(0, MAX_LABEL)
    .toWellFormed();
}
