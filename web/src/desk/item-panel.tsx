import { useState } from 'preact/hooks';
import type { ClaimedItem, MediaItem } from '../api/types.ts';
import { PageLink } from '../frame/page-link.tsx';
import { strings } from '../strings.ts';
import { Fact } from '../viewer/fact.tsx';
import { formatLongTime, formatTime } from '../viewer/format-facts.ts';
import { MediaFacts } from '../viewer/media-facts.tsx';
import { openedMedia } from '../viewer/opened-media.ts';
import { useSource } from '../viewer/use-source.ts';
import { LookAlikes } from './look-alikes.tsx';
import { Notes } from './notes.tsx';
import { Section } from './panel-section.tsx';
import { readBlocklistEntry, readReports, readSender } from './read-context.ts';
import { ReasonText } from './reason-text.tsx';
import { ProposalFacts } from './reviews/proposal-facts.tsx';
import { StrikeCounts } from './reviews/strikes.tsx';
import { SenderFigures } from './sender-figures.tsx';
import { Story, useStory } from './story.tsx';
import { useRereadSource } from './use-reread-source.ts';
import { agoText } from './waiting-time.ts';
import '../viewer/info-panel.css';
import './item-panel.css';

const texts = strings.desk.panel;

/** Why an attachment waits, and what helps to decide; before it is revealed, too. */
export function ItemPanel({ claimed }: { claimed: ClaimedItem }) {
  const [isStoryOpen, setStoryOpen] = useState(false);
  const { item = claimed.media } = openedMedia(claimed.mediaSid).value;
  return (
    <>
      <Why claimed={claimed} item={item} />
      {item.body && (
        <Section title={texts.message}>
          <p class="viewer-text" dir="auto">
            {item.body}
          </p>
        </Section>
      )}
      {item.from && <SenderFacts from={item.from} />}
      <LookAlikes item={item} />
      <Section title={texts.notes}>
        <Notes
          about={[
            { mediaSid: item.sid },
            { messageSid: item.messageSid },
            ...(item.from ? [{ sender: item.from }] : []),
          ]}
        />
      </Section>
      <details
        class="panel-details"
        onToggle={({ currentTarget }) => setStoryOpen(currentTarget.open)}
      >
        <summary>{strings.desk.story.open}</summary>
        {isStoryOpen && <OwnStory sid={item.sid} />}
      </details>
      <details class="panel-details">
        <summary>{strings.viewer.info}</summary>
        <dl>
          <Fact name={strings.viewer.received}>
            <time dateTime={item.receivedAt}>{formatLongTime(item.receivedAt)}</time>
          </Fact>
          {item.to && (
            <Fact name={strings.viewer.to}>
              <bdi>{item.to}</bdi>
            </Fact>
          )}
          <MediaFacts item={item} />
        </dl>
      </details>
    </>
  );
}

function OwnStory({ sid }: { sid: string }) {
  return <Story {...useStory(sid)} />;
}

/** Its labels, the reason of the hold, reports, and who has passed it on. */
function Why({ claimed, item }: { claimed: ClaimedItem; item: MediaItem }) {
  const { since, openReports, skips, escalation } = claimed;
  const { moderation, decision, scan, state, reason } = item;
  return (
    <Section title={texts.why}>
      <p>
        <strong>{strings.viewer.moderation[moderation]}</strong>
        {decision && (
          <span class="quiet">
            {' '}
            {strings.viewer.decidedBy(decision.by, formatTime(decision.at))}
          </span>
        )}
      </p>
      {decision && <ReasonText code={decision.reasonCode} text={decision.reason} />}
      {state !== 'stored' && reason && <p dir="auto">{reason}</p>}
      {scan && scan.labels.length > 0 && (
        <ul class="panel-labels" aria-label={strings.viewer.labels}>
          {scan.labels.map((label) => (
            <li key={label} dir="auto">
              {label}
            </li>
          ))}
        </ul>
      )}
      {scan?.reason && <p dir="auto">{scan.reason}</p>}
      {escalation && (
        <div class="panel-said">
          <p class="quiet">{texts.escalatedBy(escalation.by, agoText(escalation.at))}</p>
          {escalation.reason && <p dir="auto">{escalation.reason}</p>}
          <ProposalFacts proposals={escalation.proposals} />
        </div>
      )}
      {item.sha256 && <Blocked sid={item.sid} sha256={item.sha256} />}
      {openReports > 0 && <Reports sid={item.sid} count={openReports} />}
      <p class="quiet">
        {texts.waits(agoText(since))}
        {skips > 0 && ` · ${texts.skips(skips)}`}
      </p>
    </Section>
  );
}

/** Whether a copy would be caught by its bytes. */
function Blocked({ sid, sha256 }: { sid: string; sha256: string }) {
  const { value } = useRereadSource(
    sha256,
    (options) => readBlocklistEntry(sha256, options),
    (blocked) => blocked === sid,
  );
  return value ? <p>{texts.blocked[value.policy]}</p> : null;
}

function Reports({ sid, count }: { sid: string; count: number }) {
  const { value, reason } = useSource(sid, (options) => readReports(sid, options));
  // As many places as there are, so that nothing moves when they are read.
  const places = value ?? Array.from({ length: Math.min(count, 3) }, () => undefined);
  return (
    <ul class="panel-list" aria-label={texts.reports(count)}>
      {places.map((report, index) => (
        <li key={report?.id ?? index} class="panel-said">
          <p class="quiet">
            {report ? texts.reportedBy(report.reportedBy, agoText(report.createdAt)) : '…'}
          </p>
          {report ? <ReasonText code={report.reasonCode} text={report.reason} /> : <p>{reason}</p>}
        </li>
      ))}
    </ul>
  );
}

function SenderFacts({ from }: { from: string }) {
  const { value, reason } = useRereadSource(from, (options) => readSender(from, options));
  const policy = value?.sender?.policy ?? 'none';
  return (
    <Section title={texts.sender}>
      <p>
        <bdi>{from}</bdi>
        {policy !== 'none' && <strong class="panel-policy">{texts.policies[policy]}</strong>}
        {value?.sender?.muted && <strong class="panel-policy">{texts.muted}</strong>}
      </p>
      <SenderFigures history={value} />
      <StrikeCounts strikes={value?.strikes} />
      {value?.sender?.note && <p dir="auto">{value.sender.note}</p>}
      {reason && <p class="problem">{reason}</p>}
      <p class="fact-links">
        <PageLink to={{ page: 'conversation', filter: { from } }}>
          {strings.viewer.conversation}
        </PageLink>
        <PageLink to={{ page: 'grid', filter: { from } }}>{strings.viewer.onlySender}</PageLink>
      </p>
    </Section>
  );
}
