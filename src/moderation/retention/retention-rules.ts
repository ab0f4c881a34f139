/** What a rule applies to: stored media by their moderation state, and failed ones. */
export const RETENTION_STATES = ['visible', 'held', 'quarantined', 'failed'] as const;

export type RetentionState = (typeof RETENTION_STATES)[number];

/** Days from receipt after which media are deleted; media without a rule are kept. */
export type RetentionRules = Partial<Record<RetentionState, number>>;

const MAX_DAYS = 36_500;

/**
 * Reads the rules from a list such as `visible:365`, `failed:30`; a bare number is for every state.
 *
 * @returns null for an invalid list, and for one with two rules for the same state
 */
export function parseRetentionRules(items: readonly string[]): RetentionRules | null {
  const rules: RetentionRules = {};
  for (const item of items) {
    const [, state, text] = /^(?:([a-z]+):)?(\d{1,5})$/.exec(item) ?? [];
    const days = Number(text);
    const states = RETENTION_STATES.filter((one) => state === undefined || one === state);
    const isTwice = states.some((one) => one in rules);
    if (!(days >= 1 && days <= MAX_DAYS) || states.length === 0 || isTwice) return null;
    for (const one of states) rules[one] = days;
  }
  return rules;
}
