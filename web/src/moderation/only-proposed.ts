import type { Act, Proposal } from '../api/types.ts';
import { reasonCodeOf } from './reason-codes.ts';

/**
 * Whether an act changes nothing before a second person agrees: its reason code takes two people, and it is not what
 * somebody else has proposed.
 *
 * @param open what is proposed to do with the attachment
 */
export function isOnlyProposed(act: Act, open: readonly Proposal[] = []): boolean {
  if (act.act !== 'delete' && act.act !== 'block' && act.act !== 'block-sender') return false;
  const code = act.reasonCode === null ? undefined : reasonCodeOf(act.reasonCode);
  if (code === undefined || code.reviewers < 2) return false;
  return !open.some((proposal) => confirms(act, proposal));
}

function confirms(act: Act, open: Proposal): boolean {
  return (
    open.by !== act.requestedBy &&
    open.reasonCode === act.reasonCode &&
    open.act === act.act &&
    open.scope === act.scope &&
    (open.message ?? false) === act.message &&
    open.blockSender === act.blockSender &&
    open.policy === act.policy &&
    open.applyToExisting === act.applyToExisting
  );
}
