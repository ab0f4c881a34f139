import type { Server } from 'node:http';

const GRACE_MS = 10_000;
const LOOK_AGAIN_MS = 50;

/** Accepts no more connections, lets requests under way finish for 10 seconds, closes the rest. */
export async function stopServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A kept-alive connection becomes idle only when its request ends: look until all are gone.
  const idle = setInterval(() => server.closeIdleConnections(), LOOK_AGAIN_MS);
  const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(grace);
}
