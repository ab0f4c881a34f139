import { Agent } from 'undici';
import { createGuardedConnector, type Resolve } from '../../net/guarded-connector.ts';
import { hostPort } from '../../net/host-port.ts';
import type { AskTwilio } from '../../twilio/ask-twilio.ts';
import { checkMediaUrl, isTwilioApi } from '../../twilio/media-url.ts';
import { DownloadError, transferError } from './download-error.ts';
import { decodeBody, openMedia } from './open-media.ts';
import { createRedirectPolicy } from './redirect-hosts.ts';
import { keepPace, tooLarge, type WrittenBody, writeBody } from './write-body.ts';

/** All in milliseconds. */
type DownloadTimeouts = {
  /** DNS lookup, TCP and TLS, for each connection. */
  connectMs: number;
  /** From the request sent to the response headers, for each hop. */
  headersMs: number;
  /** Between two chunks of the body. */
  idleMs: number;
  /** The window in which the body has to arrive at 1 KiB a second on average. */
  paceMs: number;
  /** The whole download, all hops included. */
  totalMs: number;
};

const DEFAULT_TIMEOUTS: DownloadTimeouts = {
  connectMs: 5_000,
  headersMs: 15_000,
  idleMs: 15_000,
  paceMs: 10_000,
  totalMs: 300_000,
};

export type MediaDownloaderConfig = {
  apiBaseUrl: string;
  /** Entries as `createRedirectPolicy` reads them. */
  redirectHosts: readonly string[];
  /** The size limit of one attachment, in bytes. */
  maxBytes: number;
  timeouts?: Partial<DownloadTimeouts>;
  askTwilio: AskTwilio;
};

export type DownloadRequest = {
  /** `MediaUrlN` as received; checked again before it is used. */
  url: string;
  accountSid: string;
  messageSid: string;
  mediaSid: string;
  /** The file to write; must not exist yet. */
  toPath: string;
  signal?: AbortSignal;
};

type DownloadedFile = WrittenBody & {
  /** `Content-Type` from the last host; often wrong. */
  headerContentType: string | null;
};

export type MediaDownloader = {
  /**
   * Fetches one attachment into a new file and resolves once it is synced to disk. On failure no
   * file remains.
   *
   * @throws DownloadError, and nothing else
   */
  download(request: DownloadRequest): Promise<DownloadedFile>;
  /** Stops downloads in progress (`aborted`), waits until their files are gone, disconnects. */
  close(): Promise<void>;
};

/**
 * Builds the downloader of Twilio media. Credentials go to the API only; redirects go to listed
 * hosts only; connections go to public addresses only, except `host:port` redirect entries and an
 * `apiBaseUrl` that is not Twilio's, which may be on the operator's own network.
 *
 * @param resolve replaces `dns.lookup`
 * @throws TypeError on a base URL or redirect entry that cannot be read
 */
export function createMediaDownloader(
  config: MediaDownloaderConfig,
  resolve?: Resolve,
): MediaDownloader {
  const { connectMs, headersMs, idleMs, paceMs, totalMs } = {
    ...DEFAULT_TIMEOUTS,
    ...config.timeouts,
  };
  const base = new URL(config.apiBaseUrl);
  const policy = createRedirectPolicy(config.redirectHosts, config.apiBaseUrl);
  const localHostPorts = new Set(policy.exactHostPorts);
  if (!isTwilioApi(base)) localHostPorts.add(hostPort(base));
  const agent = new Agent({
    connect: createGuardedConnector(localHostPorts, connectMs, resolve),
    headersTimeout: headersMs,
    bodyTimeout: idleMs,
  });
  const closing = new AbortController();
  const inProgress = new Set<Promise<unknown>>();

  async function fetchTo(
    request: DownloadRequest,
    signal: AbortSignal,
    stop: (reason: DownloadError) => void,
  ): Promise<DownloadedFile> {
    const { url } = checkMediaUrl(request.url, request, config.apiBaseUrl);
    const { accountSid } = request;
    const start = { url, accountSid, askTwilio: config.askTwilio };
    const media = await openMedia(agent, policy, start, signal);
    try {
      if ((media.contentLength ?? 0) > config.maxBytes) throw tooLarge(config.maxBytes);
      const sent = keepPace(media.body, paceMs, stop);
      const body = decodeBody(sent, media.contentEncoding, config.maxBytes);
      const written = await writeBody(body, request.toPath, config.maxBytes);
      return { ...written, headerContentType: media.contentType };
    } finally {
      // No effect on a body that was read to its end; otherwise it closes the connection.
      media.body.destroy();
    }
  }

  async function withTotalTimeout(request: DownloadRequest): Promise<DownloadedFile> {
    const stopping = new AbortController();
    const stop = (reason: DownloadError) => stopping.abort(reason);
    const timer = setTimeout(() => {
      const message = `The download took longer than ${totalMs / 1000} seconds in all`;
      stop(new DownloadError('timeout-total', message));
    }, totalMs);
    const signals = [closing.signal, stopping.signal];
    if (request.signal) signals.push(request.signal);
    const signal = AbortSignal.any(signals);
    try {
      return await fetchTo(request, signal, stop);
    } catch (error) {
      throw transferError(error, signal);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async download(request) {
      const running = withTotalTimeout(request);
      inProgress.add(running);
      try {
        return await running;
      } finally {
        inProgress.delete(running);
      }
    },
    async close() {
      closing.abort();
      await Promise.allSettled(inProgress);
      await agent.destroy();
    },
  };
}
