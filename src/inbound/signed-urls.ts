import { parse, stringify } from 'node:querystring';

/** The URLs whose signature is accepted for a request, each once. */
export interface SignedUrls {
  /** As received, without and with a port: what Twilio signs. */
  asReceived: string[];
  /** As `new URL()` writes it, for back ends that sign an escaped form: needed only where the others fail. */
  normalized(): string[];
}

/**
 * The URLs that twilio-node's `validateRequest` tries for one.
 *
 * @param url absolute, one that `new URL()` reads
 */
export function signedUrls(url: string): SignedUrls {
  const asReceived = [...new Set([withoutPort(url), withPort(url)])];
  let rest: string[] | undefined;
  return {
    asReceived,
    normalized() {
      rest ??= normalizedUrls(url).filter((one) => !asReceived.includes(one));
      return rest;
    },
  };
}

function normalizedUrls(url: string): string[] {
  const normalized = new URL(url).toString();
  const both = [withoutPort(normalized), withPort(normalized)];
  return [...new Set([...both, ...both.map(withLegacyQuery)])];
}

/** In parts that, put together, are the very same text: `new URL()` would change some characters. */
function splitUrl(url: string) {
  const [prefix, scheme = '', authority = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/)([^/?#]*)/i.exec(url) ?? [];
  if (prefix === undefined) return null;
  const userInfoEnd = authority.lastIndexOf('@') + 1;
  const hostAndPort = authority.slice(userInfoEnd);
  // In an IPv6 address there are colons, too.
  const portStart = hostAndPort.indexOf(':', hostAndPort.lastIndexOf(']') + 1);
  return {
    scheme,
    userInfo: authority.slice(0, userInfoEnd),
    host: portStart < 0 ? hostAndPort : hostAndPort.slice(0, portStart),
    port: portStart < 0 ? '' : hostAndPort.slice(portStart),
    rest: url.slice(prefix.length),
  };
}

function withoutPort(url: string): string {
  const parts = splitUrl(url);
  return parts === null ? url : parts.scheme + parts.userInfo + parts.host + parts.rest;
}

function withPort(url: string): string {
  const parts = splitUrl(url);
  if (parts === null || parts.port !== '') return url;
  const port = parts.scheme.toLowerCase() === 'https://' ? ':443' : ':80';
  return parts.scheme + parts.userInfo + parts.host + port + parts.rest;
}

/** Its query as Node's `querystring` writes it, with `%27` for `'`, say. */
function withLegacyQuery(url: string): string {
  const start = url.indexOf('?');
  if (start < 0 || start === url.length - 1) return url;
  return `${url.slice(0, start)}?${stringify(parse(url.slice(start + 1)))}`;
}
