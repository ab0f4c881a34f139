import { useState } from 'preact/hooks';
import type { components, operations } from '../../../../src/client/api-types.d.ts';
import type { Endpoint } from '../../api/types.ts';
import { useSubmit } from '../../desk/lists/confirm-dialog.tsx';
import { Dialog } from '../../frame/dialog.tsx';
import { strings } from '../../strings.ts';
import { FormField, problemOfField, problemOfForm } from '../form-field.tsx';
import { EventChoice } from './event-choice.tsx';
import { EVENT_TYPES, type EventType } from './event-types.ts';

const texts = strings.operate.endpoints;

/** An endpoint with its secret, which is told once. */
export type NewEndpoint = components['schemas']['NewEndpoint'];
type Settings = Required<
  operations['createEndpoint']['requestBody']['content']['application/json']
>;

/** Where events are sent, and which ones. */
export function EndpointForm(props: {
  title: string;
  /** What is done. */
  label: string;
  endpoint?: Endpoint;
  /** Closes the form at its end. */
  save: (settings: Settings) => Promise<void>;
  onClose: () => void;
}) {
  const { title, label, endpoint, save, onClose } = props;
  const [url, setUrl] = useState(endpoint?.url ?? '');
  const [description, setDescription] = useState(endpoint?.description ?? '');
  const [types, setTypes] = useState(() => chosenTypes(endpoint));
  const { isBusy, problem, submit } = useSubmit(() =>
    save({ url: url.trim(), description: description.trim(), types }),
  );
  return (
    <Dialog title={title} onClose={onClose}>
      <form class="operate-form" onSubmit={submit}>
        <FormField
          label={texts.url}
          hint={texts.urlHint}
          value={url}
          onInput={setUrl}
          problem={problemOfField(problem, 'url')}
          input={{ type: 'url', required: true, maxLength: 2000, autofocus: true }}
        />
        <FormField
          label={texts.description}
          value={description}
          onInput={setDescription}
          problem={problemOfField(problem, 'description')}
          input={{ maxLength: 200, dir: 'auto', spellcheck: true, autocapitalize: 'sentences' }}
        />
        <EventChoice
          types={types}
          onChange={setTypes}
          all={texts.allTypes}
          problem={problemOfField(problem, 'types')}
        />
        <p class="problem" role="alert">
          {problemOfForm(problem, ['url', 'description', 'types'])}
        </p>
        <button type="submit" class="primary-button" disabled={isBusy}>
          {label}
        </button>
      </form>
    </Dialog>
  );
}

/** Those that this release knows; null for all, also for a new endpoint. */
function chosenTypes(endpoint: Endpoint | undefined): EventType[] | null {
  const types = endpoint?.types ?? null;
  return types && EVENT_TYPES.filter((type) => types.includes(type));
}
