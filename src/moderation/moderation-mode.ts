import type { Config } from '../config/config.ts';
import type { Moderation } from '../generated/prisma/client.ts';

/** How what comes in begins whose sender nobody decided about. */
export interface ModerationOfNew {
  media: Moderation;
  message: MessageBeginning;
}

/** How the text and the numbers of a message begin. */
export interface MessageBeginning {
  moderation: Moderation;
  /** Until somebody decides about the message itself, its media decide. */
  followsMedia: boolean;
}

/** What `MODERATION_MODE` means. */
export function moderationOfNew(mode: Config['moderationMode']): ModerationOfNew {
  const holds = mode === 'hold';
  return {
    media: mode === 'off' ? 'visible' : 'held',
    message: { moderation: holds ? 'held' : 'visible', followsMedia: holds },
  };
}
