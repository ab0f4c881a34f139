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
import { readReports, readSender } from './read-context.ts';
import { ReasonText } from './reason-text.tsx';
import { SenderFigures } from './sender-figures.tsx';
import { Story } from './story.tsx';
import { agoText } from './waiting-time.ts';
import '../viewer/info-panel.css';
import './item-panel.css';

const texts = strings.desk.panel;

/** Why an attachment waits, and what helps to decide; before it is revealed, too. */
export function ItemPanel({ claimed }: { claimed: ClaimedItem }) {
  const [isStoryOpen, setStoryOpen] = useState(false);
  const { item = claimed.media, revealed } = openedMedia(claimed.mediaSid).value;
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
      <LookAlikes item={item} revealed={revealed} />
      <Notes item={item} />
      <details
        class="panel-details"
        onToggle={({ currentTarget }) => setStoryOpen(currentTarget.open)}
      >
        <summary>{strings.desk.story.open}</summary>
        {isStoryOpen && <Story sid={item.sid} />}
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
          {escalation.proposal && <p>{texts.proposes(escalation.proposal.act)}</p>}
        </div>
      )}
      {openReports > 0 && <Reports sid={item.sid} count={openReports} />}
      <p class="quiet">
        {texts.waits(agoText(since))}
        {skips > 0 && ` · ${texts.skips(skips)}`}
      </p>
    </Section>
  );
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
  const { value, reason } = useSource(from, (options) => readSender(from, options));
  const policy = value?.sender?.policy ?? 'none';
  return (
    <Section title={texts.sender}>
      <p>
        <bdi>{from}</bdi>
        {policy !== 'none' && <strong class="panel-policy">{texts.policies[policy]}</strong>}
      </p>
      <SenderFigures history={value} />
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
