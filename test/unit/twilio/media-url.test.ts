import { describe, expect, it } from 'vitest';
import { checkMediaUrl, MediaUrlError } from '../../../src/twilio/media-url.ts';
import { accountSid, mediaPath, mediaSid, messageSid, sid } from '../../support/sample-media.ts';

const twilio = 'https://api.twilio.com';
const expected = { accountSid, messageSid, mediaSid };

describe('checkMediaUrl accepts', () => {
  const dublin = 'https://api.dublin.ie1.twilio.com';
  it.each([
    ['Twilio', twilio, twilio, `${twilio}${mediaPath}`],
    ['the configured region', dublin, dublin, `${dublin}${mediaPath}`],
    ['another region, moved', 'https://api.au1.twilio.com', twilio, `${twilio}${mediaPath}`],
    [
      'an edge with a dash, moved',
      'https://api.ashburn-ix.us1.twilio.com',
      twilio,
      `${twilio}${mediaPath}`,
    ],
    ['the written-out default port', `${twilio}:443`, twilio, `${twilio}${mediaPath}`],
    ['a simulator', 'http://127.0.0.1:4010', 'http://127.0.0.1:4010', null],
    ['a simulator by name', 'http://localhost:4010', 'http://localhost:4010/', null],
    ['a simulator on IPv6', 'http://[::1]:4010', 'http://[::1]:4010', null],
    [
      'Twilio, moved to the simulator',
      twilio,
      'http://127.0.0.1:4010',
      `http://127.0.0.1:4010${mediaPath}`,
    ],
    [
      'Twilio, moved to a gateway',
      twilio,
      'https://gw.corp:8443/tw/',
      `https://gw.corp:8443/tw${mediaPath}`,
    ],
    ['a region, moved to a gateway', dublin, 'https://gw.corp', `https://gw.corp${mediaPath}`],
    ['Twilio, moved to the configured region', twilio, dublin, `${dublin}${mediaPath}`],
    [
      'a gateway with a path',
      'https://gw.corp/tw',
      'https://gw.corp/tw',
      `https://gw.corp/tw${mediaPath}`,
    ],
  ])('%s', (_, origin, base, target) => {
    const checked = checkMediaUrl(`${origin}${mediaPath}`, expected, base);
    expect(checked.mediaSid).toBe(mediaSid);
    expect(checked.url.href).toBe(target ?? `${origin}${mediaPath}`);
  });

  it('an SM message, and any media where none is expected yet', () => {
    const sms = sid('SM', 'd');
    const url = `${twilio}/2010-04-01/Accounts/${accountSid}/Messages/${sms}/Media/${sid('ME', 'e')}`;
    const checked = checkMediaUrl(url, { accountSid, messageSid: sms }, twilio);
    expect(checked.mediaSid).toBe(sid('ME', 'e'));
  });
});

describe('checkMediaUrl refuses', () => {
  const path = (account: string, message: string, media: string) =>
    `${twilio}/2010-04-01/Accounts/${account}/Messages/${message}/Media/${media}`;
  const ok = `${twilio}${mediaPath}`;
  it.each([
    ['no URL', 'media', 'is not a URL'],
    ['an empty string', '', 'is not a URL'],
    ['http', `http://api.twilio.com${mediaPath}`, 'is not https'],
    ['another scheme', `file://api.twilio.com${mediaPath}`, 'is not https'],
    ['another host', `https://evil.example${mediaPath}`, 'is on a host'],
    ['a host that ends alike', `https://evil-api.twilio.com${mediaPath}`, 'is on a host'],
    ['a host that begins alike', `https://api.twilio.com.evil.example${mediaPath}`, 'is on a host'],
    ['a dot that is no dot', `https://apiXtwilio.com${mediaPath}`, 'is on a host'],
    ['a trailing dot', `https://api.twilio.com.${mediaPath}`, 'is on a host'],
    ['too many labels', `https://api.a.b.ie1.twilio.com${mediaPath}`, 'is on a host'],
    ['a region that is none', `https://api.evil.twilio.com${mediaPath}`, 'is on a host'],
    ['another port', `https://api.twilio.com:8443${mediaPath}`, 'is on a host'],
    ['another Twilio host', `https://mms.twilio.com${mediaPath}`, 'is on a host'],
    ['an address', `https://169.254.169.254${mediaPath}`, 'is on a host'],
    ['a user name', `https://me@api.twilio.com${mediaPath}`, 'user name'],
    ['a host as user name', `https://api.twilio.com@evil.example${mediaPath}`, 'user name'],
    ['an empty user name', `https://@api.twilio.com${mediaPath}`, 'user name'],
    ['a query', `${ok}?x=1`, 'query'],
    ['an empty query', `${ok}?`, 'query'],
    ['a fragment', `${ok}#x`, 'fragment'],
    ['an encoded slash', ok.replace('/Media/', '/Media%2f'), 'percent-encoded'],
    ['an encoded dot', `${ok}/%2e%2e/x`, 'percent-encoded'],
    ['dot segments', `${twilio}/x/..${mediaPath}`, 'dot segments'],
    ['a backslash', `https:\\\\api.twilio.com${mediaPath}`, 'character'],
    ['a line break', `${ok}\n`, 'character'],
    ['a leading space', ` ${ok}`, 'character'],
    ['a letter that only looks alike', ok.replace('api', '\u0430pi'), 'character'],
    ['no path', twilio, 'path'],
    ['a doubled slash', ok.replace('/Media/', '//Media/'), 'path'],
    ['a trailing slash', `${ok}/`, 'path'],
    ['an extension', `${ok}.json`, 'path'],
    ['another version', ok.replace('2010-04-01', '2008-08-01'), 'path'],
    ['a short sid', ok.slice(0, -1), 'path'],
    ['another kind of sid', path(accountSid, messageSid, sid('RE', 'c')), 'path'],
    ['another account', path(sid('AC', 'f'), messageSid, mediaSid), 'another account'],
    ['another message', path(accountSid, sid('MM', 'f'), mediaSid), 'another message'],
    ['another media', path(accountSid, messageSid, sid('ME', 'f')), 'another attachment'],
  ])('%s', (_, url, words) => {
    const error = refusal(url, twilio);
    expect(error.message).toContain(words);
  });

  it.each([
    ['a simulator’s URL while Twilio is configured', 'http://127.0.0.1:4010', twilio],
    ['another port of the simulator', 'http://127.0.0.1:4011', 'http://127.0.0.1:4010'],
    ['another scheme of the simulator', 'https://127.0.0.1:4010', 'http://127.0.0.1:4010'],
    ['another name of the simulator', 'http://localhost:4010', 'http://127.0.0.1:4010'],
    ['clear text from another machine', 'http://10.0.0.5:4010', 'http://10.0.0.5:4010'],
    ['Twilio moved to clear text elsewhere', twilio, 'http://gw.corp:4010'],
  ])('%s', (_, origin, base) => {
    expect(refusal(`${origin}${mediaPath}`, base)).toBeInstanceOf(MediaUrlError);
  });
});

function refusal(url: string, base: string): MediaUrlError {
  try {
    checkMediaUrl(url, expected, base);
  } catch (error) {
    if (error instanceof MediaUrlError) return error;
    throw error;
  }
  throw new Error('was accepted');
}
