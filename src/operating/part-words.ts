/** What a part is for, and what to do when it does not work. */
export interface PartWords {
  /** While it works. */
  works: string;
  /** What it means that it does not work. */
  fails: string;
  remedy: string;
}

/** The parts of `/readyz` in words, by name. */
const WORDS: Record<string, PartWords> = {
  database: {
    works: 'The database answers: messages are stored at once.',
    fails:
      'The database does not answer: messages go to the spool on disk, and lists cannot be read.',
    remedy:
      'Start the database, check DATABASE_URL and the room on its disk; what is in the spool follows by itself.',
  },
  spool: {
    works: 'The spool on disk can take messages while the database does not.',
    fails: 'Messages wait in the spool, were set aside, or could not be written there.',
    remedy:
      'Those that wait follow once the database answers; for those that were set aside look for the log line that says why. Make room on the disk of DATA_DIR if it is full.',
  },
  blobs: {
    works: 'Files of attachments can be written.',
    fails: 'Files of attachments cannot be written: messages come in, and their attachments wait.',
    remedy:
      'Make room on the disk of BLOB_STORE_URL or DATA_DIR, or correct its owner and permissions; waiting attachments follow by themselves.',
  },
  events: {
    works: 'Every active endpoint gets its events.',
    fails: 'An endpoint was paused because nothing could be delivered: its events wait.',
    remedy: 'Correct the endpoint and resume it; a test event shows whether it answers.',
  },
  workers: {
    works: 'A worker is alive: attachments are fetched.',
    fails: 'No worker is alive, or one hangs: messages come in, and their attachments wait.',
    remedy:
      'Start a process with the role worker (ROLES), or restart the one that hangs, and look at its log.',
  },
  jobs: {
    works: 'Jobs begin when they are due.',
    fails: 'Jobs wait: more comes in than the workers do, or none runs.',
    remedy:
      'See the parts workers and upstream; start more workers, or wait for the end of the rush.',
  },
  upstream: {
    works: 'Twilio does not refuse the credentials, as far as this process has used them.',
    fails:
      'Twilio refuses the credentials: nothing of the account can be fetched or deleted there.',
    remedy:
      'Correct TWILIO_API_KEY_SID and TWILIO_API_KEY_SECRET, or the auth token; what waits is tried again by itself.',
  },
  deletions: {
    works: 'Deletions come to their end by themselves.',
    fails: 'Deletions need somebody: what should be gone is still here or at Twilio.',
    remedy: 'See the list of stuck deletions for the reason of each, and retry it there.',
  },
  reconciliation: {
    works: 'Sweeps compare what Twilio has received with what is here.',
    fails: 'A sweep failed: messages whose webhook did not arrive are not noticed.',
    remedy: 'The next sweep tries again; if the reason is credentials, correct them.',
  },
  scan: {
    works: 'The classifier answers.',
    fails: 'The classifier gives no verdict: new attachments are handled as SCAN_FAILURE says.',
    remedy: 'Start the server of SCAN_URL; what has no verdict is scanned again by itself.',
  },
  transcription: {
    works: 'The transcription server answers.',
    fails: 'The transcription server does not answer: sounds have no words for now.',
    remedy: 'Start the server of TRANSCRIBE_URL; sounds that wait are tried again by themselves.',
  },
};

/** @param name of a part of `/readyz` */
export function wordsOf(name: string): PartWords {
  return (
    WORDS[name] ?? {
      works: `The part ${name} works.`,
      fails: `The part ${name} does not work.`,
      remedy: 'See the log.',
    }
  );
}
