/** Beginnings of files that file-type does not know [as Latin-1], by the type that they stand for. */
const SIGNATURES: readonly [beginning: string, type: string][] = [
  ['.snd\0\0', 'audio/basic'],
  ['RF64\xff\xff\xff\xffWAVE', 'audio/wav'],
  ['riff\x2e\x91\xcf\x11', 'audio/x-w64'],
  ['TTA1\x01\0', 'audio/x-tta'],
  ['\x7f\xfe\x80\x01', 'audio/vnd.dts'],
  ['.ra\xfd', 'audio/x-pn-realaudio'],
  ['.RMF\0\0\0', 'application/vnd.rn-realmedia'],
];

/**
 * Types of sound and video where file-type knows none, one that covers two, or one that is a name for
 * transport over RTP and not for files.
 *
 * @param found what file-type says
 * @param head the first bytes, at least 16 where there are so many
 */
export function soundOrVideoType(found: string | null, head: Uint8Array): string | null {
  const start = Buffer.from(head.subarray(0, 16)).toString('latin1');
  switch (found) {
    case null:
      return SIGNATURES.find(([beginning]) => start.startsWith(beginning))?.[1] ?? null;
    case 'video/MP1S':
    case 'video/MP2P':
      return 'video/mpeg';
    case 'audio/amr':
      return start.startsWith('#!AMR-WB') ? 'audio/amr-wb' : found;
    case 'audio/vnd.dolby.dd-raw':
      return isEnhancedAc3(head) ? 'audio/eac3' : 'audio/ac3';
    default:
      return found;
  }
}

/** By the version of the bit stream, the upper five bits of the sixth byte [ATSC A/52, annex E]. */
function isEnhancedAc3(head: Uint8Array): boolean {
  return (head[5] ?? 0) >> 3 > 10;
}
