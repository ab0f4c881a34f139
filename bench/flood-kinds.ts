/** Requests that a flood may consist of, each named for what makes it costly to refuse. */
export const FLOOD_KINDS = ['signature', 'parameters', 'bound'] as const;

export type FloodKind = (typeof FLOOD_KINDS)[number];

/** The status that each is refused with. */
export const FLOOD_ANSWERS: Record<FloodKind, string> = {
  signature: '403',
  parameters: '413',
  bound: '403',
};

const MESSAGE = {
  MessageSid: `MM${'0'.repeat(32)}`,
  AccountSid: `AC${'ab'.repeat(16)}`,
  From: '+15550100001',
  To: '+15550109999',
  Body: 'A picture for you',
  NumMedia: '0',
};
const MAX_BODY_BYTES = 64 * 1024;

/**
 * The form that floods: `signature` is an ordinary message, `parameters` has some 16,000 of them in 64 KiB,
 * `bound` as many as are read, in as many bytes.
 */
export function floodForm(kind: FloodKind): string {
  const form = new URLSearchParams(MESSAGE);
  if (kind === 'bound') {
    for (let n = form.size; n < 250; n += 1) form.set(`p${n}`, 'x'.repeat(250));
  }
  const text = form.toString();
  if (kind !== 'parameters') return text;
  let more = '';
  for (let n = 0; text.length + more.length < MAX_BODY_BYTES - 8; n += 1) {
    more += `&${n.toString(36)}`;
  }
  return text + more;
}
