/**
 * Facts that are in the bytes of a media, as the API tells them under `details`. Only what was found
 * is there. Texts come from strangers, shortened to 200 characters each.
 */
export interface MediaDetails {
  /** Of video, audio and animations; as the file claims it. */
  durationSeconds?: number;
  /** Of an animation. */
  frames?: number;
  /** Of a PDF, or of a TIFF with several pictures. */
  pages?: number;
  /** Whether a PDF needs a password. */
  encrypted?: boolean;
  videoCodec?: string;
  audioCodec?: string;
  /**
   * When a picture was taken, ISO 8601; without an offset where the camera did not say. Absent where what it
   * wrote is no plausible time.
   */
  takenAt?: string;
  /** Make and model. */
  camera?: string;
  /** Where a picture was taken, in degrees; only with EXTRACT_LOCATION. */
  location?: { latitude: number; longitude: number };
  /** How many contacts are in the file. */
  contactCount?: number;
  /** The first of them, at most 10. */
  contacts?: ContactDetails[];
  /** How many events are in the file. */
  eventCount?: number;
  /** The first of them, at most 10. */
  events?: EventDetails[];
  /** Of a text: the encoding that was detected, as the WHATWG names it. */
  encoding?: string;
  /** Of a text. */
  lineCount?: number;
}

export interface ContactDetails {
  name: string;
  organization?: string;
  /** At most 5. */
  phones: string[];
  /** At most 5. */
  emails: string[];
}

export interface EventDetails {
  summary: string;
  /** ISO 8601: with Z or an offset, without one for floating times, a date for whole days. */
  start?: string;
  end?: string;
  /** Of `start` and `end`, where the file names one, such as `Europe/Berlin`. */
  timeZone?: string;
  location?: string;
}
