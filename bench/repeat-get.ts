import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface GetLoad {
  /** Requests per second over the whole run. */
  perSecond: number;
  /** Milliseconds, of every request. */
  latencies: number[];
}

const TIME_LIMIT_MS = 60_000;

/**
 * Asks for one URL again and again over kept-alive connections, for a minute at the most, and counts
 * the bytes of each answer without looking at them: a generator that parses them takes longer than
 * the servers do, and would measure itself.
 *
 * @param amount requests
 * @throws Error when one is not answered 200 with a Content-Length, or they do not end in time
 */
export async function repeatGet(
  url: string,
  load: { amount: number; connections: number; authorization: string },
): Promise<GetLoad> {
  const { hostname, port, pathname, search } = new URL(url);
  const request =
    `GET ${pathname}${search} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n` +
    `Authorization: ${load.authorization}\r\n\r\n`;
  const deadline = AbortSignal.timeout(TIME_LIMIT_MS);
  const latencies: number[] = [];
  let left = load.amount;

  async function worker(): Promise<void> {
    const socket = connect(Number(port), hostname).setNoDelay();
    await once(socket, 'connect', { signal: deadline });
    try {
      while (left > 0) {
        left -= 1;
        const begun = performance.now();
        await exchange(socket, request, deadline);
        latencies.push(performance.now() - begun);
      }
    } finally {
      socket.destroy();
    }
  }

  const begun = performance.now();
  await Promise.all(Array.from({ length: load.connections }, worker));
  return { perSecond: load.amount / ((performance.now() - begun) / 1000), latencies };
}

/** Sends one request and resolves with the last byte of its answer. */
function exchange(socket: Socket, request: string, deadline: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let head = '';
    let missing = Number.POSITIVE_INFINITY;
    const end = (error?: Error) => {
      socket.off('data', onData).off('error', end).off('close', onClose);
      deadline.removeEventListener('abort', onAbort);
      if (error) reject(error);
      else resolve();
    };
    const onClose = () => end(new Error('The server closed the connection'));
    const onAbort = () => end(new Error('The requests did not end in time'));
    const onData = (chunk: Buffer) => {
      if (missing === Number.POSITIVE_INFINITY) {
        head += chunk.toString('latin1');
        const headLength = head.indexOf('\r\n\r\n') + 4;
        if (headLength < 4) return;
        const length = /^HTTP\/1\.1 200 .*\r\nContent-Length: (\d+)\r\n/is.exec(head)?.[1];
        if (length === undefined) return end(new Error(head.slice(0, 200)));
        missing = Number(length) - (head.length - headLength);
      } else {
        missing -= chunk.length;
      }
      if (missing === 0) end();
    };
    socket.on('data', onData).on('error', end).on('close', onClose);
    deadline.addEventListener('abort', onAbort);
    socket.write(request);
  });
}
