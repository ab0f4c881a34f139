import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy to a server that can silently drop connections, as a firewall does that loses its state. */
export interface CuttableProxy {
  port: number;
  /** Connections that are open now stay open, but transfer no more data; new ones work. */
  cut(): void;
  /** Closes all connections, and new ones at once, until `restore`. */
  breakOff(): void;
  restore(): void;
  close(): Promise<void>;
}

export async function startCuttableProxy(toPort: number): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
  let isBroken = false;
  const server = createServer((near) => {
    if (isBroken) return void near.destroy();
    const far = connect(toPort, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    near.pipe(far);
    far.pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    cut() {
      for (const socket of sockets) socket.unpipe().pause();
    },
    breakOff() {
      isBroken = true;
      for (const socket of sockets) socket.destroy();
    },
    restore() {
      isBroken = false;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
