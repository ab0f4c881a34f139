import pTimeout from 'p-timeout';
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
  /** How long an answer waits for `admit` before the connection is closed, and opened again later. */
  holdMs: number;
  /** The whole download, all hops included, but not the time without a connection. */
  totalMs: number;
};

const DEFAULT_TIMEOUTS: DownloadTimeouts = {
  connectMs: 5_000,
  headersMs: 15_000,
  idleMs: 15_000,
  paceMs: 10_000,
  // Media hosts end connections that are not read for long.
  holdMs: 5_000,
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
  /**
   * Waits for a place for the bytes.
   *
   * @param bytes as declared; null when unknown
   * @throws DownloadError
   */
  admit: (bytes: number | null, signal: AbortSignal) => Promise<void>;
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
  const { connectMs, headersMs, idleMs, paceMs, holdMs, totalMs } = {
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

  /** @returns null when the bytes have no place yet: the connection does not wait for it */
  async function fetchTo(
    request: DownloadRequest,
    admission: Admission,
    signal: AbortSignal,
    stop: (reason: DownloadError) => void,
  ): Promise<DownloadedFile | null> {
    const { url } = checkMediaUrl(request.url, request, config.apiBaseUrl);
    const { accountSid } = request;
    const start = { url, accountSid, askTwilio: config.askTwilio };
    const media = await openMedia(agent, policy, start, signal);
    try {
      const { contentLength, contentEncoding } = media;
      if ((contentLength ?? 0) > config.maxBytes) throw tooLarge(config.maxBytes);
      if (!(await admission.admit(contentEncoding === null ? contentLength : null))) return null;
      const sent = keepPace(media.body, paceMs, stop);
      const body = decodeBody(sent, contentEncoding, config.maxBytes);
      const written = await writeBody(body, request.toPath, config.maxBytes);
      return { ...written, headerContentType: media.contentType };
    } finally {
      // No effect on a body that was read to its end; otherwise it closes the connection.
      media.body.destroy();
    }
  }

  async function withTotalTimeout(
    request: DownloadRequest,
    admission: Admission,
    outer: AbortSignal,
  ): Promise<DownloadedFile | null> {
    const stopping = new AbortController();
    const stop = (reason: DownloadError) => stopping.abort(reason);
    const timer = setTimeout(() => {
      const message = `The download took longer than ${totalMs / 1000} seconds in all`;
      stop(new DownloadError('timeout-total', message));
    }, totalMs);
    const signal = AbortSignal.any([outer, stopping.signal]);
    try {
      return await fetchTo(request, admission, signal, stop);
    } catch (error) {
      throw transferError(error, signal);
    } finally {
      clearTimeout(timer);
    }
  }

  async function fetchWhenAdmitted(request: DownloadRequest): Promise<DownloadedFile> {
    const { signal } = closing;
    const outer = request.signal ? AbortSignal.any([signal, request.signal]) : signal;
    const admission = createAdmission((bytes) => request.admit(bytes, outer), holdMs);
    for (;;) {
      const file = await withTotalTimeout(request, admission, outer);
      if (file !== null) return file;
      await admission.granted().catch((error: unknown) => {
        throw transferError(error, outer);
      });
    }
  }

  return {
    async download(request) {
      const running = fetchWhenAdmitted(request);
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

/** The place of one download. It is asked for once, however often the connection is opened. */
interface Admission {
  /** @returns whether there is a place within the time that a connection waits for it */
  admit(bytes: number | null): Promise<boolean>;
  granted(): Promise<void>;
}

function createAdmission(ask: (bytes: number | null) => Promise<void>, holdMs: number): Admission {
  let asked: Promise<void> | undefined;
  return {
    async admit(bytes) {
      asked ??= ask(bytes);
      const isGranted = asked.then(() => true);
      return pTimeout(isGranted, { milliseconds: holdMs, fallback: () => false });
    },
    granted: async () => asked,
  };
}
