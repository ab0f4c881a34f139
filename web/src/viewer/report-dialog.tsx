import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api, bodyOf } from '../api/client.ts';
import type { MediaItem, Report } from '../api/types.ts';
import { notify } from '../frame/announcements.tsx';
import { Dialog } from '../frame/dialog.tsx';
import { CodeSelect } from '../moderation/code-select.tsx';
import { readReasonCodes } from '../moderation/reason-codes.ts';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { formatLongTime } from './format-facts.ts';
import { reasonOf } from './media-sources.ts';

const texts = strings.viewer;
const MAX_LENGTH = 1000;

/** Tells moderators what is wrong with the attachment. What was written stays until it is sent. */
export function ReportDialog({ item, onClose }: { item: MediaItem; onClose: () => void }) {
  const [words, setWords] = useState('');
  const [code, setCode] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [earlier, setEarlier] = useState<Report>();
  const reason = words.trim();
  useEffect(() => {
    if (isModerator.peek()) void readReasonCodes();
  }, []);

  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (isBusy || reason === '') return;
    setBusy(true);
    setProblem(undefined);
    try {
      const { report, isNew } = await reportMedia(item.sid, reason, code);
      if (!isNew) return setEarlier(report);
      notify({ text: texts.reported });
      onClose();
    } catch (error) {
      setProblem(reasonOf(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog title={texts.reportTitle} onClose={onClose} class="report">
      {earlier === undefined ? (
        <form onSubmit={(event) => void send(event)}>
          <p>{texts.reportHelp}</p>
          <label>
            {texts.reportReason}
            <textarea
              rows={4}
              maxLength={MAX_LENGTH}
              required
              autofocus
              dir="auto"
              value={words}
              onInput={({ currentTarget }) => setWords(currentTarget.value)}
            />
          </label>
          {isModerator.value && <CodeSelect value={code} onChoose={setCode} />}
          <p class="problem" role="alert">
            {problem}
          </p>
          <button type="submit" class="primary-button" disabled={isBusy || reason === ''}>
            {isBusy ? texts.sending : texts.sendReport}
          </button>
        </form>
      ) : (
        <Earlier report={earlier} onClose={onClose} />
      )}
    </Dialog>
  );
}

/** What was written now is not kept, so the words that moderators see are shown. */
function Earlier({ report, onClose }: { report: Report; onClose: () => void }) {
  const button = useRef<HTMLButtonElement>(null);
  // The field that had the focus is gone.
  useLayoutEffect(() => button.current?.focus(), []);
  return (
    <div class="reported" role="status">
      <p>{texts.reportedBefore(formatLongTime(report.createdAt))}</p>
      <blockquote dir="auto">{report.reason}</blockquote>
      <button ref={button} type="button" class="primary-button" onClick={onClose}>
        {strings.dialog.close}
      </button>
    </div>
  );
}

/** @throws ApiProblem */
async function reportMedia(
  sid: string,
  reason: string,
  code: string,
): Promise<{ report: Report; isNew: boolean }> {
  const answer = await api.POST('/api/v1/media/{sid}/reports', {
    params: { path: { sid } },
    body: { reason, reasonCode: code === '' ? null : code },
  });
  return { report: bodyOf(answer), isNew: answer.response.status === 201 };
}
