import { isUnexpired } from '../../auth/sessions.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { DECIDES } from '../act-kinds.ts';

/** Whether a claim that was not ended counts: in time, and its owner still signed in. On the database's clock. */
export const IS_HELD = Prisma.sql`(claim.expires_at > clock_timestamp()
  AND (claim.key_id IS NULL OR EXISTS (
    SELECT 1 FROM api_key WHERE api_key.id = claim.key_id AND api_key.revoked_at IS NULL))
  AND (claim.session_id IS NULL OR EXISTS (
    SELECT 1 FROM session WHERE session.id = claim.session_id AND ${isUnexpired})))`;

/** Whether an act waits that may still be taken back. A block leaves the attachment to be decided about. */
export const HAS_ACT = Prisma.sql`EXISTS (
  SELECT 1 FROM delayed_act
  WHERE delayed_act.media_sid = media.sid AND delayed_act.state = 'waiting' AND ${DECIDES})`;

/**
 * The condition that somebody else than a moderator works on an attachment, or has just decided about it and may take
 * that back. Who shares a key is not somebody else.
 */
export function isAtHandOfOthers(name: string): Prisma.Sql {
  return Prisma.sql`(EXISTS (
    SELECT 1 FROM claim
    WHERE claim.media_sid = media.sid AND claim.ended_at IS NULL AND claim.owner <> ${name} AND ${IS_HELD})
  OR EXISTS (
    SELECT 1 FROM delayed_act
    WHERE delayed_act.media_sid = media.sid AND delayed_act.state = 'waiting' AND ${DECIDES}
      AND delayed_act.requested_by <> ${name}))`;
}
