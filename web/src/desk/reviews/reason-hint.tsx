import type { ClaimedItem, ReasonCode } from '../../api/types.ts';
import { strings } from '../../strings.ts';
import { readStrikes } from '../read-context.ts';
import { chosenCode } from '../reason-fields.tsx';
import { useRereadSource } from '../use-reread-source.ts';
import { proposedByOthers } from './agree.ts';
import { isRestricted, readSenderSettings, THIRD } from './strikes.tsx';

const texts = strings.desk.reviews;

/** What the chosen reason code means for a decision about an attachment, before it is made. */
export function ReasonHint({ claimed }: { claimed: ClaimedItem }) {
  const code = chosenCode();
  return (
    <div class="reason-hint" role="status">
      {code !== undefined && code.reviewers > 1 && <p>{secondText(claimed, code)}</p>}
      {code !== undefined && code.onThird !== 'none' && claimed.media.from && (
        <Third key={code.code} from={claimed.media.from} code={code} />
      )}
    </div>
  );
}

function secondText(claimed: ClaimedItem, { code }: ReasonCode): string {
  const removal = proposedByOthers(claimed).find(({ act }) => act === 'delete');
  return removal?.reasonCode === code ? texts.confirms(removal.by) : texts.takesTwo;
}

function Third({ from, code }: { from: string; code: ReasonCode }) {
  const { value } = useRereadSource(`${from} ${code.code}`, async ({ signal }) => {
    const [strikes, sender] = await Promise.all([
      readStrikes(from, signal),
      readSenderSettings(from, signal),
    ]);
    const count = strikes.find(({ reasonCode }) => reasonCode === code.code)?.count ?? 0;
    return { count: count + 1, isRestricted: isRestricted(sender, code.onThird) };
  });
  if (value === undefined) return null;
  const consequence = texts.consequences[code.onThird];
  return (
    <p>
      {value.isRestricted
        ? texts.already(consequence)
        : texts.becomes(value.count, THIRD, consequence)}
    </p>
  );
}
