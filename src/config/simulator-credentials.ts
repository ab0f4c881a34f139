/** The Twilio credentials in the environment; the simulator needs none of the other variables. */
export function simulatorCredentials(env: Record<string, string | undefined> = process.env): {
  accountSid: string | undefined;
  authToken: string | undefined;
  apiKey: { sid: string; secret: string } | undefined;
} {
  const { TWILIO_API_KEY_SID: sid, TWILIO_API_KEY_SECRET: secret } = env;
  return {
    accountSid: env.TWILIO_ACCOUNT_SID || undefined,
    authToken: env.TWILIO_AUTH_TOKEN || undefined,
    apiKey: sid && secret ? { sid, secret } : undefined,
  };
}
