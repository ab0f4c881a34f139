import type { Judgement } from '../judgement.ts';
import type { BlocklistMatch } from './match-blob.ts';

/** What the policy of a matching entry says, in the words of the audit log. */
export function judgeMatch({ id, kind, policy, reasonCode, distance }: BlocklistMatch): Judgement {
  const how = kind === 'sha256' ? 'the same bytes' : `distance ${distance}`;
  return {
    act: policy,
    decider: {
      actor: 'system:blocklist',
      reasonCode: reasonCode ?? 'blocklist',
      reason: `matches blocklist entry ${id}, ${how}`,
    },
  };
}
