import { ask, type Finding, ok, problem } from './finding.ts';

const NAME = 'public URL';

/** Whether a server of ours answers at `PUBLIC_URL`, as seen from this machine. */
export async function checkPublicUrl(publicUrl: string | undefined): Promise<Finding> {
  if (publicUrl === undefined) {
    const remedy = 'Set PUBLIC_URL to the URL that Twilio is given, without /twilio/incoming.';
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
    const remedy = 'Set PUBLIC_URL to where it leads: a webhook loses its parameters on the way.';
    return problem('failed', NAME, `${url} redirects to ${location}`, remedy);
  }
  const remedy = 'Have the proxy pass PUBLIC_URL on to this server, without the path prefix.';
  return problem('failed', NAME, `${url} answers ${status}, and not as mms-inbox does`, remedy);
}
