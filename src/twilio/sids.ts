// Two letters for the kind, then 32 hexadecimal digits [Twilio: glossary, "What is a String Identifier (SID)?"].
// Sources of patterns, for use within longer ones.
export const ACCOUNT_SID_PATTERN = 'AC[0-9a-fA-F]{32}';
export const MESSAGE_SID_PATTERN = '(?:MM|SM)[0-9a-fA-F]{32}';
export const MEDIA_SID_PATTERN = 'ME[0-9a-fA-F]{32}';

export const ACCOUNT_SID = new RegExp(`^${ACCOUNT_SID_PATTERN}$`);
export const MESSAGE_SID = new RegExp(`^${MESSAGE_SID_PATTERN}$`);
export const MEDIA_SID = new RegExp(`^${MEDIA_SID_PATTERN}$`);
