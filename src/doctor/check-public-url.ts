import { ask, type Finding, ok, problem } from './finding.ts';

const NAME = 'public URL';

/** Whether mms-inbox answers at `PUBLIC_URL`, as seen from this machine. */
export async function checkPublicUrl(publicUrl: string | undefined): Promise<Finding> {
  if (publicUrl === undefined) {
    const remedy =
      'Set PUBLIC_URL to the webhook URL configured at Twilio, without /twilio/incoming.';
    return problem('skipped', NAME, 'PUBLIC_URL is not set', remedy);
  }
  const url = `${publicUrl}/healthz`;
  const answer = await ask(url);
  if (answer.problem !== null) {
    const remedy = 'Start the server; check PUBLIC_URL, DNS, certificate, proxy and firewall.';
    return problem('failed', NAME, answer.problem, remedy);
  }
  const { status, headers, json } = answer;
  if (status === 200 && json.status === 'ok') return ok(NAME, `${url} answers`);
  const location = headers.get('location');
  if (status >= 300 && status < 400 && location !== null) {
    const remedy =
      'Set PUBLIC_URL to the target of the redirect: a redirected webhook loses its parameters.';
    return problem('failed', NAME, `${url} redirects to ${location}`, remedy);
  }
  const remedy =
    'Configure the proxy to forward PUBLIC_URL to this server, without the path prefix.';
  return problem('failed', NAME, `${url} answers ${status}, and not as mms-inbox does`, remedy);
}
