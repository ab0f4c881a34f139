import { readReports } from '../desk/read-context.ts';
import { useFresh } from '../desk/use-fresh.ts';
import { PageLink } from '../frame/page-link.tsx';
import { strings } from '../strings.ts';
import { Fact } from './fact.tsx';

const texts = strings.viewer;

/**
 * How many people object to the attachment, for moderators; nothing if nobody does.
 *
 * @param sid the same as long as this is shown
 */
export function ReportsFact({ sid }: { sid: string }) {
  const { value, problem } = useFresh(() => readReports(sid));
  if (value === undefined) {
    return problem ? <Fact name={texts.reports}>{problem.message}</Fact> : null;
  }
  if (value.length === 0) return null;
  return (
    <Fact name={texts.reports}>
      {strings.desk.panel.reports(value.length)}
      <span class="fact-links">
        <PageLink to={{ page: 'desk', filter: {}, queue: { name: 'reported', filter: {} } }}>
          {texts.reportedQueue}
        </PageLink>
      </span>
    </Fact>
  );
}
