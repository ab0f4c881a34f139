import { useId, useState } from 'preact/hooks';
import { api, bodyOf } from '../../api/client.ts';
import type { ApiKey } from '../../api/types.ts';
import { useSubmit } from '../../desk/lists/confirm-dialog.tsx';
import { QUEUE_NAMES, type QueueName } from '../../desk/queue-filter.ts';
import { readAddress } from '../../find/read-search.ts';
import { Dialog } from '../../frame/dialog.tsx';
import { strings } from '../../strings.ts';
import { FormField, FormGroup, problemOfField, problemOfForm } from '../form-field.tsx';

const texts = strings.operate.keys;
const ROLES = ['viewer', 'moderator', 'admin'] as const;

/** A key with its secret, which is told once. */
export type NewApiKey = Pick<ApiKey, 'name' | 'role'> & { secret: string };

/** Creates a key: for whom, with which rights, and what of the queues it works on. */
export function KeyForm(props: { onCreated: (key: NewApiKey) => void; onClose: () => void }) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<ApiKey['role']>('viewer');
  const [numbers, setNumbers] = useState('');
  const [queues, setQueues] = useState<readonly QueueName[]>([]);
  const group = useId();
  const { isBusy, problem, submit } = useSubmit(async () => {
    // Viewers work on no queue.
    const limits = role === 'viewer' ? {} : { numbers: readNumbers(numbers), queues: [...queues] };
    const body = { name: name.trim(), role, ...limits };
    props.onCreated(bodyOf(await api.POST('/api/v1/keys', { body })));
  });

  return (
    <Dialog title={texts.createTitle} onClose={props.onClose} class="operate-wide">
      <form class="operate-form" onSubmit={submit}>
        <FormField
          label={texts.name}
          hint={texts.nameHint}
          value={name}
          onInput={setName}
          problem={problemOfField(problem, 'name')}
          input={{ required: true, maxLength: 64, autofocus: true }}
        />
        <FormGroup label={texts.role}>
          {ROLES.map((value) => (
            <label key={value} class="check">
              <input
                type="radio"
                name={group}
                checked={role === value}
                onChange={() => setRole(value)}
              />
              <span>
                {strings.header.roles[value]}
                <small>{texts.roleHelp[value]}</small>
              </span>
            </label>
          ))}
        </FormGroup>
        {role !== 'viewer' && (
          <>
            <FormField
              label={texts.numbers}
              hint={texts.numbersHint}
              value={numbers}
              onInput={setNumbers}
              problem={problemOfField(problem, 'numbers')}
            />
            <FormGroup
              label={texts.queues}
              hint={texts.queuesHint}
              problem={problemOfField(problem, 'queues')}
            >
              <div class="form-columns">
                {QUEUE_NAMES.map((queue) => (
                  <label key={queue} class="check">
                    <input
                      type="checkbox"
                      checked={queues.includes(queue)}
                      onChange={({ currentTarget }) =>
                        setQueues(
                          currentTarget.checked
                            ? [...queues, queue]
                            : queues.filter((other) => other !== queue),
                        )
                      }
                    />
                    {strings.desk.queues[queue]}
                  </label>
                ))}
              </div>
            </FormGroup>
          </>
        )}
        <p class="problem" role="alert">
          {problemOfForm(problem, ['name', 'numbers', 'queues'])}
        </p>
        <button type="submit" class="primary-button" disabled={isBusy}>
          {texts.create}
        </button>
      </form>
    </Dialog>
  );
}

/** What cannot be read is sent as it is: the API says what it takes. */
function readNumbers(text: string): string[] {
  const parts = text.split(',').map((part) => part.trim());
  return parts.filter((part) => part !== '').map((part) => readAddress(part) ?? part);
}
