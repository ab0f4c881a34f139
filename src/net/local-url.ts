import type { Config } from '../config/config.ts';

/** Where a server of this configuration answers on this machine. */
export function localUrl({ host, port }: Pick<Config, 'host' | 'port'>): string {
  const anyAddress = host === '0.0.0.0' || host === '::';
  const name = anyAddress ? '127.0.0.1' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}`;
}
