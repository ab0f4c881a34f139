import type { Media } from '../generated/prisma/client.ts';

/** Of what is held because the classifier has given no verdict. */
export const SCAN_FAILED = 'scan_failed';

/** Whether a media is held for want of a verdict alone: a person, or a verdict, still decides. */
export function isProvisional({
  moderation,
  decidedBy,
  decisionCode,
}: Pick<Media, 'moderation' | 'decidedBy' | 'decisionCode'>): boolean {
  return moderation === 'held' && decidedBy === 'system:scan' && decisionCode === SCAN_FAILED;
}
