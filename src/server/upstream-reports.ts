import type { Logger } from 'pino';
import type { Media } from '../generated/prisma/client.ts';
import { DOWNLOAD_ERROR_CODES } from '../media/download/download-error.ts';
import type { FetchDeps } from '../media/fetch-media.ts';
import type { ReportAnswer } from '../moderation/deletions/try-upstream.ts';
import type { Metrics } from '../monitoring/metrics.ts';
import type { ReadinessCheck } from '../monitoring/readiness.ts';

/** Reports the results of requests to Twilio, and what is stored, to the metrics, `/readyz` and the log. */
export interface UpstreamReports {
  onFetch: FetchDeps['onTry'];
  onDelete: ReportAnswer;
  onStored: (media: readonly Media[]) => void;
}

export function createUpstreamReports(
  metrics: Metrics,
  health: UpstreamHealth,
  log: Logger,
): UpstreamReports {
  for (const result of ['ok', ...DOWNLOAD_ERROR_CODES]) metrics.fetches.inc({ result }, 0);

  /** A configuration error: logged once, until Twilio accepts the credentials again. */
  function logRefused(accountSid: string): void {
    metrics.credentialsRefused.inc();
    if (!health.refused(accountSid)) return;
    log.error(
      { accountSid },
      'Twilio refuses the credentials of this account: nothing of it can be fetched or deleted. ' +
        'Correct TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET, or the auth token',
    );
  }

  return {
    onFetch({ accountSid, receivedAt, firstTriedAt }, code, triedAt) {
      const observe = (step: string, at: number) =>
        metrics.mediaDelay.observe({ step }, (at - receivedAt.getTime()) / 1000);
      if (firstTriedAt === null) observe('tried', triedAt.getTime());
      metrics.fetches.inc({ result: code ?? 'ok' });
      if (code === null) {
        health.accepted(accountSid);
        observe('fetched', Date.now());
      } else if (code === 'unauthorized') {
        logRefused(accountSid);
      }
    },
    onStored(media) {
      for (const { receivedAt, storedAt } of media) {
        const seconds = ((storedAt ?? new Date()).getTime() - receivedAt.getTime()) / 1000;
        metrics.mediaDelay.observe({ step: 'stored' }, seconds);
      }
    },
    onDelete(accountSid, answer) {
      if (answer.done || answer.failure === 'too-early') health.accepted(accountSid);
      else if (answer.failure === 'refused') logRefused(accountSid);
    },
  };
}

/** Whether Twilio accepts our credentials, as seen by the fetches and deletes of this process. */
interface UpstreamHealth {
  accepted(accountSid: string): void;
  /** @returns whether the account was accepted until now, so that the refusal has to be logged */
  refused(accountSid: string): boolean;
  check: ReadinessCheck;
}

export function createUpstreamHealth(): UpstreamHealth {
  const refusedAccounts = new Set<string>();
  return {
    accepted: (accountSid) => void refusedAccounts.delete(accountSid),
    refused(accountSid) {
      const isNew = !refusedAccounts.has(accountSid);
      refusedAccounts.add(accountSid);
      return isNew;
    },
    async check() {
      if (refusedAccounts.size === 0) return undefined;
      return `Twilio refuses the credentials of ${[...refusedAccounts].sort().join(', ')}`;
    },
  };
}
