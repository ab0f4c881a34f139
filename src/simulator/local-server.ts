import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';

/** An HTTP server that is listening. */
export interface LocalServer {
  port: number;
  /** Closes it with every connection, also those that are waiting for an answer. */
  close(): Promise<void>;
}

/**
 * Serves `router` on `host` and `port`, where 0 is any free port.
 *
 * @throws what listening throws, such as EADDRINUSE
 */
export async function listenLocally(
  router: Router,
  host: string,
  port: number,
): Promise<LocalServer> {
  const server = createServer(express().disable('x-powered-by').disable('etag').use(router));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });

  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}
