import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { EICAR, EICAR_NAME } from './eicar.ts';

/** A clamd that tests start, stop and start again at the same address. */
export interface TestClamd {
  url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface FakeClamd extends TestClamd {
  /** Every file that was sent as a whole, in order. */
  files: Buffer[];
  /** What clients did that the protocol does not allow. */
  violations: string[];
}

interface Limits {
  /** In bytes. */
  streamMaxLength?: number;
  /** In bytes; larger files are reported, as with `AlertExceedsMax yes`. */
  maxFileSize?: number;
}

/**
 * A stand-in that checks the framing of INSTREAM strictly, and finds EICAR's test file. Above
 * `streamMaxLength` it closes the connection with data unread, as clamd does.
 *
 * @param options with `path` it listens on that Unix socket
 */
export async function startFakeClamd(options: Limits & { path?: string } = {}): Promise<FakeClamd> {
  const files: Buffer[] = [];
  const violations: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    serve(socket, options, { files, violations });
  });
  let address: { path: string } | { port: number; host: string } =
    options.path === undefined ? { port: 0, host: '127.0.0.1' } : { path: options.path };
  const start = async () => {
    server.listen(address);
    await once(server, 'listening');
  };
  await start();
  let url = `clamd://${encodeURI(options.path ?? '')}`;
  if (options.path === undefined) {
    const { port } = server.address() as AddressInfo;
    address = { port, host: '127.0.0.1' };
    url = `clamd://127.0.0.1:${port}`;
  }
  return {
    url,
    files,
    violations,
    start,
    async stop() {
      if (!server.listening) return;
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function serve(
  socket: Socket,
  { streamMaxLength = 100 * 1024 * 1024, maxFileSize = Number.POSITIVE_INFINITY }: Limits,
  { files, violations }: { files: Buffer[]; violations: string[] },
): void {
  let pending: Buffer = Buffer.alloc(0);
  let state: 'command' | 'chunks' | 'answered' = 'command';
  let quota = streamMaxLength;
  // Bytes of the current chunk that are still to come.
  let rest = 0;
  const pieces: Buffer[] = [];

  const answer = (text: string) => {
    state = 'answered';
    socket.end(`${text}\0`);
  };
  const readCommand = () => {
    const end = pending.indexOf(0);
    if (end === -1) return false;
    const command = pending.toString('latin1', 0, end);
    pending = pending.subarray(end + 1);
    if (command === 'zPING') answer('PONG');
    else if (command === 'zINSTREAM') state = 'chunks';
    else {
      violations.push(`the command ${JSON.stringify(command)}`);
      answer('UNKNOWN COMMAND');
    }
    return true;
  };
  const readLength = () => {
    if (pending.length < 4) return false;
    rest = pending.readUInt32BE();
    pending = pending.subarray(4);
    if (rest === 0) {
      const file = Buffer.concat(pieces);
      files.push(file);
      answer(verdictOf(file, maxFileSize));
    } else if (rest > quota) {
      state = 'answered';
      socket.pause();
      socket.write('INSTREAM size limit exceeded. ERROR\0', () => socket.destroy());
    }
    quota -= rest;
    return true;
  };
  const readChunk = () => {
    const piece = pending.subarray(0, rest);
    pieces.push(piece);
    rest -= piece.length;
    pending = pending.subarray(piece.length);
    return true;
  };

  socket.on('error', () => undefined);
  socket.on('data', (piece) => {
    pending = Buffer.concat([pending, piece]);
    let hasMore = true;
    while (hasMore && pending.length > 0 && state !== 'answered') {
      if (state === 'command') hasMore = readCommand();
      else hasMore = rest > 0 ? readChunk() : readLength();
    }
    if (state === 'answered' && pending.length > 0 && !socket.isPaused()) {
      violations.push(`${pending.length} bytes after the end`);
    }
  });
  // A client that closes in the middle gets no answer.
  socket.on('end', () => socket.end());
}

function verdictOf(file: Buffer, maxFileSize: number): string {
  if (file.length > maxFileSize) return 'stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND';
  return file.includes(EICAR) ? `stream: ${EICAR_NAME}.UNOFFICIAL FOUND` : 'stream: OK';
}
