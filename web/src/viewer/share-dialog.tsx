import { useId, useState } from 'preact/hooks';
import { api, bodyOf } from '../api/client.ts';
import type { MediaItem } from '../api/types.ts';
import { Dialog } from '../frame/dialog.tsx';
import { strings } from '../strings.ts';
import { CopyButton } from './copy-button.tsx';
import { formatLongTime } from './format-facts.ts';
import { reasonOf, rendered } from './media-sources.ts';

const texts = strings.viewer;
const HOUR = 3600;
/** Seconds. */
const LASTING = { hour: HOUR, day: 24 * HOUR, week: 7 * 24 * HOUR } as const;
type Lasting = keyof typeof LASTING;

interface Shared {
  url: string;
  expiresAt: string;
  /** The file itself has data that cannot be removed, so this is a picture of it. */
  isPicture: boolean;
}

/** Makes a link that shows the attachment to people without a key, until it expires. */
export function ShareDialog({ item, onClose }: { item: MediaItem; onClose: () => void }) {
  const [lasting, setLasting] = useState<Lasting>('day');
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const [shared, setShared] = useState<Shared>();
  const name = useId();
  const field = useId();

  async function create(event: Event): Promise<void> {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    try {
      setShared(await createLink(item.sid, LASTING[lasting]));
    } catch (error) {
      setProblem(reasonOf(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <Dialog title={texts.share} onClose={onClose} class="share">
      {shared === undefined ? (
        <form onSubmit={(event) => void create(event)}>
          <p>{texts.shareHelp}</p>
          <fieldset>
            <legend>{texts.expiresAfter}</legend>
            {(Object.keys(LASTING) as Lasting[]).map((key) => (
              <label key={key} class="check">
                <input
                  type="radio"
                  name={name}
                  checked={lasting === key}
                  onChange={() => setLasting(key)}
                />
                {texts.lasting[key]}
              </label>
            ))}
          </fieldset>
          <p class="problem" role="alert">
            {problem}
          </p>
          <button type="submit" class="primary-button" disabled={isBusy}>
            {isBusy ? texts.preparing : texts.createLink}
          </button>
        </form>
      ) : (
        <div class="shared" role="status">
          <label for={field}>{texts.linkUntil(formatLongTime(shared.expiresAt))}</label>
          <input
            id={field}
            readOnly
            value={shared.url}
            onFocus={({ currentTarget }) => currentTarget.select()}
          />
          {shared.isPicture && <p class="hint">{texts.sharedAsPicture}</p>}
          <CopyButton text={shared.url} label={texts.copyLink} isWide />
        </div>
      )}
    </Dialog>
  );
}

/** @throws ApiProblem, Error when nothing of it can be shared without its metadata */
async function createLink(sid: string, expiresIn: number): Promise<Shared> {
  const params = { path: { sid } };
  const answer = await api.POST('/api/v1/media/{sid}/links', {
    params,
    body: { expiresIn, stripMetadata: true },
  });
  const { content, renditions, expiresAt } = bodyOf(answer);
  if (content !== null) return { url: content, expiresAt, isPicture: false };
  const [form] = (['picture', 'video', 'audio', 'text'] as const).filter((as) => renditions?.[as]);
  const url = form && renditions?.[form];
  if (!form || !url) throw new Error(texts.notShared);
  // Whoever opens the link does not wait for it to be made.
  const signal = AbortSignal.timeout(120_000);
  await rendered(`/api/v1/media/${sid}/rendition?as=${form}`, { signal, onWait: () => {} });
  return { url, expiresAt, isPicture: form === 'picture' };
}
