import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const TIMEOUT_MS = 10_000;

/**
 * Tells systemd that the service is ready, for units with `Type=notify`: `READY=1` to the datagram socket at
 * `NOTIFY_SOCKET` (sd_notify(3)). Node has no Unix datagram sockets, so systemd's own program sends it: the unit
 * needs `NotifyAccess=all`. Does nothing without that variable, which only such units have.
 *
 * @throws Error when it could not be sent, such as without `systemd-notify` on the `PATH`
 */
export async function notifySystemd(): Promise<void> {
  // biome-ignore lint/style/noProcessEnv: set by systemd, not by an operator; the program reads it, too
  if (!process.env.NOTIFY_SOCKET) return;
  await run('systemd-notify', ['READY=1'], { timeout: TIMEOUT_MS });
}
