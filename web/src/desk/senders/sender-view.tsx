import { useEffect, useState } from 'preact/hooks';
import { leave } from '../../address.ts';
import { IconButton } from '../../frame/icons.tsx';
import { PageLink } from '../../frame/page-link.tsx';
import { isAdmin } from '../../session/session.ts';
import { strings } from '../../strings.ts';
import { useSource } from '../../viewer/use-source.ts';
import { Notes } from '../notes.tsx';
import { readSender, type SenderHistory } from '../read-context.ts';
import { StrikeCounts } from '../reviews/strikes.tsx';
import { SenderFigures } from '../sender-figures.tsx';
import { SenderData } from './sender-data.tsx';
import { SenderForm } from './sender-form.tsx';
import './sender-view.css';

const texts = strings.desk.senders;

/** One sender: in figures, how what comes is handled, and all data at once. */
export function SenderView({ address }: { address: string }) {
  const [version, setVersion] = useState(0);
  const { value, reason } = useSource(`${version} ${address}`, (options) =>
    readSender(address, options),
  );
  // What is shown stays until it is read anew.
  const [history, setHistory] = useState<SenderHistory>();
  useEffect(() => {
    if (value !== undefined) setHistory(value);
  }, [value]);
  const readAgain = () => setVersion((before) => before + 1);
  const filter = { from: address };
  return (
    <main id="content" class="list-page" tabIndex={-1}>
      <div class="list-page-content sender">
        <div class="sender-head">
          <IconButton
            icon="chevronLeft"
            label={texts.all}
            onClick={() =>
              leave({ page: 'desk', filter: {}, list: { name: 'senders', filter: {} } })
            }
          />
          <h1>
            <bdi>{address}</bdi>
          </h1>
        </div>
        <section aria-label={texts.figures}>
          <SenderFigures history={history} />
          <StrikeCounts strikes={history?.strikes} />
          <p class="fact-links">
            <PageLink to={{ page: 'grid', filter }}>{strings.viewer.onlySender}</PageLink>
            <PageLink to={{ page: 'conversation', filter }}>{strings.viewer.conversation}</PageLink>
          </p>
        </section>
        {reason !== undefined && (
          <div class="list-problem" role="alert">
            <p class="problem">{reason}</p>
            <button type="button" class="text-button" onClick={readAgain}>
              {strings.desk.lists.tryAgain}
            </button>
          </div>
        )}
        {history && (
          <>
            <SenderForm key={history.sender?.updatedAt} address={address} sender={history.sender} />
            <section class="sender-notes">
              <h2>{strings.desk.panel.notes}</h2>
              <p class="hint">{texts.notesHelp}</p>
              <Notes about={[{ sender: address }]} />
            </section>
            {isAdmin.value && <SenderData address={address} onErased={readAgain} />}
          </>
        )}
      </div>
    </main>
  );
}
