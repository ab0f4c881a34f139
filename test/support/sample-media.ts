export function sid(prefix: string, digit: string): string {
  return prefix + digit.repeat(32);
}

export const accountSid = sid('AC', 'a');
export const messageSid = sid('MM', 'b');
export const mediaSid = sid('ME', 'c');
export const mediaPath = `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}/Media/${mediaSid}`;
