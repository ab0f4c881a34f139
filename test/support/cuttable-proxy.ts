import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A proxy to a server that can silently drop connections, as a firewall does that loses its state. */
export interface CuttableProxy {
  port: number;
  /** Connections that are open now stay open, but transfer no more data; new ones work. */
  cut(): void;
  /** Closes all connections, and new ones at once, until `restore`. */
  breakOff(): void;
  /** All connections stay open and transfer nothing until `restore`, as of a server whose disk hangs; new ones, too. */
  hang(): void;
  restore(): void;
  close(): Promise<void>;
}

export async function startCuttableProxy(toPort: number): Promise<CuttableProxy> {
  const sockets = new Set<Socket>();
  const pairs = new Set<[near: Socket, far: Socket]>();
  let isBroken = false;
  let isHanging = false;
  const server = createServer((near) => {
    if (isBroken) return void near.destroy();
    const far = connect(toPort, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    }
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    near.on('close', () => pairs.delete(pair));
    if (!isHanging) join(pair);
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
    hang() {
      isHanging = true;
      for (const [near, far] of pairs) {
        near.unpipe(far).pause();
        far.unpipe(near).pause();
      }
    },
    restore() {
      isBroken = false;
      if (!isHanging) return;
      isHanging = false;
      for (const pair of pairs) join(pair);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function join([near, far]: [Socket, Socket]): void {
  near.pipe(far);
  far.pipe(near);
}
