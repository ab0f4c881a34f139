import type { Judgement } from '../moderation/judgement.ts';
import { SCAN_FAILED } from '../moderation/provisional.ts';
import type { ScanVerdict } from './scan-answer.ts';

/** What a classifier's verdict means, in the words of the audit log; null where it allows. */
export function judgeVerdict({ action, labels, reason }: ScanVerdict): Judgement | null {
  if (action === 'allow') return null;
  const words = [labels.join(', '), reason ?? ''].filter((text) => text !== '').join(': ');
  return {
    act: action,
    decider: {
      actor: 'system:scan',
      reasonCode: 'scan',
      reason: words === '' ? null : words.slice(0, 500).toWellFormed(),
    },
  };
}

/** For a media that nothing is known about. */
export function judgeUnscanned(problem: string): Judgement {
  return {
    act: 'hold',
    decider: {
      actor: 'system:scan',
      reasonCode: SCAN_FAILED,
      reason: `the classifier was of no help: ${problem}`,
    },
  };
}
