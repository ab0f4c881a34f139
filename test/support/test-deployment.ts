import twilio from 'twilio';
import { answerWell, type ReceivedRequest, startReceiver } from './test-receiver.ts';
import { ACCOUNT, basic } from './test-simulator.ts';

/**
 * A small but complete receiver: verifies signatures, answers, then fetches every attachment, with up to
 * `tries` tries.
 *
 * @param options.isLost its answers are lost on the way: Twilio gets a 502
 */
export async function startDeployment(options: { tries: number; isLost?: boolean }): Promise<{
  url: string;
  received: ReceivedRequest[];
}> {
  const claimed = new Set<string>();
  const deployment = await startReceiver((res, request) => {
    const params = Object.fromEntries(new URLSearchParams(request.body));
    const signature = String(request.headers['x-twilio-signature']);
    const url = deployment.url + request.path;
    if (!twilio.validateRequest(ACCOUNT.authToken, signature, url, params)) {
      res.writeHead(403).end();
      return;
    }
    if (options.isLost) res.writeHead(502).end();
    else answerWell(res);
    for (let index = 0; index < Number(params.NumMedia); index += 1) {
      const mediaUrl = params[`MediaUrl${index}`] ?? '';
      if (claimed.has(mediaUrl)) continue;
      claimed.add(mediaUrl);
      void fetchMedia(mediaUrl, options.tries);
    }
  });
  return deployment;
}

async function fetchMedia(url: string, tries: number): Promise<void> {
  for (let left = tries; left > 0; left -= 1) {
    try {
      const headers = basic(ACCOUNT.sid, ACCOUNT.authToken);
      const redirect = await fetch(url, { headers, redirect: 'manual' });
      const location = redirect.headers.get('location');
      if (location) {
        await (await fetch(location)).arrayBuffer();
        return;
      }
    } catch (error) {
      // fetch throws a TypeError for an aborted transfer, which is retried.
      if (!(error instanceof TypeError)) throw error;
    }
  }
}
