import { hostPort, isLoopbackHost, parseHostEntry } from '../../net/host-port.ts';

/**
 * The hosts that serve Twilio's media. The first is documented [support 223183748], the second was
 * observed, the third serves older media.
 */
export const DEFAULT_REDIRECT_HOSTS: readonly string[] = [
  'mms.twiliocdn.com',
  'media.twiliocdn.com',
  's3-external-1.amazonaws.com',
];

type RedirectDecision = { allowed: true } | { allowed: false; reason: string };

export type RedirectPolicy = {
  /** Decides on a redirect's resolved target. `reason` names the host, never path or query. */
  decide(url: URL): RedirectDecision;
  /** The `host:port` entries, which may be on the operator's own network. */
  exactHostPorts: ReadonlySet<string>;
};

const DOMAIN = /^[a-z0-9]+(?:-+[a-z0-9]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)+$/;

/**
 * Reads the list of hosts that a download may be redirected to.
 *
 * An entry is a host (`mms.twiliocdn.com`, default port only), a `host:port`, or a wildcard
 * (`*.twiliocdn.com`: any number of labels below it, not the domain itself, default port only).
 * Targets must be https, except a listed `host:port` on loopback, for simulators. The API itself is
 * allowed as a target only when it is listed by name, not by wildcard.
 *
 * @throws TypeError for an entry that is none of the three
 */
export function createRedirectPolicy(
  entries: readonly string[],
  apiBaseUrl: string,
): RedirectPolicy {
  const hosts = new Set<string>();
  const exactHostPorts = new Set<string>();
  const parents: string[] = [];
  for (const entry of entries) {
    const text = entry.toLowerCase();
    if (text.startsWith('*.') && DOMAIN.test(text.slice(2))) {
      parents.push(text.slice(1));
      continue;
    }
    const host = parseHostEntry(entry);
    if (host === null) throw new TypeError(notAnEntry(entry));
    if (host.port === null) hosts.add(host.hostname);
    else exactHostPorts.add(`${host.hostname}:${host.port}`);
  }
  const api = hostPort(new URL(apiBaseUrl));

  function decide(url: URL): RedirectDecision {
    const host = url.hostname;
    const refuse = (reason: string) => ({ allowed: false, reason: `${host} ${reason}` }) as const;
    if (url.username !== '' || url.password !== '') {
      return refuse('has a user name or password in its URL');
    }
    const listedWithPort = exactHostPorts.has(hostPort(url));
    const listed = listedWithPort || (url.port === '' && hosts.has(host));
    if (!listed && hostPort(url) === api) return refuse('is the API itself');
    const isLocalHttp = url.protocol === 'http:' && listedWithPort && isLoopbackHost(host);
    if (url.protocol !== 'https:' && !isLocalHttp) return refuse('is not reached by https');
    // The leading dot matches whole labels only, and excludes the domain itself.
    const below = parents.some((parent) => host.endsWith(parent) && host !== parent);
    if (listed || (url.port === '' && below)) return { allowed: true };
    return refuse('is not among the hosts that media may be redirected to');
  }

  return { decide, exactHostPorts };
}

function notAnEntry(entry: string): string {
  return `"${entry}" is not a host, a host:port or a wildcard like *.example.com`;
}
