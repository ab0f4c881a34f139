import { describe, expect, it } from 'vitest';
import {
  createRedirectPolicy,
  DEFAULT_REDIRECT_HOSTS,
} from '../../../../src/media/download/redirect-hosts.ts';

const twilio = 'https://api.twilio.com';

describe('createRedirectPolicy', () => {
  it.each([
    ['a host', ['mms.twiliocdn.com'], 'https://mms.twiliocdn.com/x?sig=1'],
    ['a host with its default port', ['mms.twiliocdn.com'], 'https://mms.twiliocdn.com:443/x'],
    ['a host in capitals', ['MMS.TwilioCDN.com'], 'https://mms.TWILIOCDN.com/x'],
    ['host:port', ['gw.example:8443'], 'https://gw.example:8443/x'],
    ['host:443', ['gw.example:443'], 'https://gw.example/x'],
    ['one label below', ['*.twiliocdn.com'], 'https://mms.twiliocdn.com/x'],
    ['more labels below', ['*.twiliocdn.com'], 'https://a.b.twiliocdn.com/x'],
    ['http on loopback', ['127.0.0.1:4011'], 'http://127.0.0.1:4011/x'],
    ['http on localhost', ['localhost:4011'], 'http://localhost:4011/x'],
    ['http on IPv6 loopback', ['[::1]:4011'], 'http://[::1]:4011/x'],
    ['https on loopback', ['127.0.0.1:4011'], 'https://127.0.0.1:4011/x'],
    ['the API, by name', ['api.twilio.com'], 'https://api.twilio.com/x'],
  ])('allows %s', (_, entries, url) => {
    expect(createRedirectPolicy(entries, twilio).decide(new URL(url))).toEqual({ allowed: true });
  });

  it.each([
    ['another host', ['mms.twiliocdn.com'], 'https://evil.example/x?sig=secret', 'not among'],
    ['a host below', ['mms.twiliocdn.com'], 'https://x.mms.twiliocdn.com/', 'not among'],
    ['another port', ['mms.twiliocdn.com'], 'https://mms.twiliocdn.com:8443/', 'not among'],
    ['another port of host:port', ['gw.example:8443'], 'https://gw.example/', 'not among'],
    ['the bare domain', ['*.twiliocdn.com'], 'https://twiliocdn.com/', 'not among'],
    ['a domain that ends alike', ['*.twiliocdn.com'], 'https://eviltwiliocdn.com/', 'not among'],
    ['a port under a wildcard', ['*.twiliocdn.com'], 'https://a.twiliocdn.com:99/', 'not among'],
    ['a trailing dot', ['mms.twiliocdn.com'], 'https://mms.twiliocdn.com./', 'not among'],
    ['an empty label', ['*.twiliocdn.com'], 'https://.twiliocdn.com/', 'not among'],
    ['http', ['mms.twiliocdn.com'], 'http://mms.twiliocdn.com/', 'https'],
    ['http on a listed port elsewhere', ['10.0.0.1:80'], 'http://10.0.0.1/', 'https'],
    ['http on loopback, other port', ['127.0.0.1:4011'], 'http://127.0.0.1:4012/', 'https'],
    ['http on loopback, no port listed', ['127.0.0.1'], 'http://127.0.0.1/', 'https'],
    ['another scheme', ['mms.twiliocdn.com'], 'ftp://mms.twiliocdn.com/', 'https'],
    ['a user name', ['mms.twiliocdn.com'], 'https://me@mms.twiliocdn.com/', 'user name'],
    ['a password', ['mms.twiliocdn.com'], 'https://:pw@mms.twiliocdn.com/', 'user name'],
    ['the API, by wildcard', ['*.twilio.com'], 'https://api.twilio.com/', 'the API itself'],
    ['the API, unlisted', ['mms.twiliocdn.com'], 'https://api.twilio.com/', 'the API itself'],
    ['anything, with no entries', [], 'https://mms.twiliocdn.com/', 'not among'],
  ])('refuses %s', (_, entries, url, words) => {
    const decision = createRedirectPolicy(entries, twilio).decide(new URL(url));
    expect(decision).toEqual({ allowed: false, reason: expect.stringContaining(words) });
    expect(JSON.stringify(decision)).not.toContain('secret');
  });

  it('knows Twilio’s own media hosts', () => {
    const policy = createRedirectPolicy(DEFAULT_REDIRECT_HOSTS, twilio);
    for (const host of [
      'mms.twiliocdn.com',
      'media.twiliocdn.com',
      's3-external-1.amazonaws.com',
    ]) {
      expect(policy.decide(new URL(`https://${host}/x`))).toEqual({ allowed: true });
    }
    expect(policy.exactHostPorts.size).toBe(0);
  });

  it('gives out the entries that may be on the operator’s network', () => {
    const entries = ['a.example', '*.b.example', 'c.example:443', '127.0.0.1:80', '[::1]:4011'];
    const { exactHostPorts } = createRedirectPolicy(entries, twilio);
    expect([...exactHostPorts]).toEqual(['c.example:443', '127.0.0.1:80', '[::1]:4011']);
  });

  it.each(['', '*', '*.', '*.com', 'a.*.com', 'https://a.example', 'a.example/x', 'a b', 'me@a.b'])(
    'cannot be built with "%s"',
    (entry) => {
      expect(() => createRedirectPolicy([entry], twilio)).toThrow(TypeError);
    },
  );
});
