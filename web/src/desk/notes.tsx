import { useState } from 'preact/hooks';
import { api, bodyOf } from '../api/client.ts';
import type { Note } from '../api/types.ts';
import { notifyError } from '../frame/announcements.tsx';
import { caller, isAdmin } from '../session/session.ts';
import { strings } from '../strings.ts';
import { useSource } from '../viewer/use-source.ts';
import { type NoteTarget, readNotes } from './read-context.ts';
import { agoText } from './waiting-time.ts';

const texts = strings.desk.panel;
const MAX_LENGTH = 2000;

/**
 * What moderators have noted for each other, and a field for one more.
 *
 * @param about what they are about; a new one is about the first, or another by its button
 */
export function Notes({ about }: { about: readonly [NoteTarget, ...NoteTarget[]] }) {
  const key = JSON.stringify(about);
  const { value = [], reason } = useSource(key, (options) => readNotes(about, options));
  const [own, setOwn] = useState<Note[]>([]);
  const [gone, setGone] = useState<readonly string[]>([]);
  const shown = [...value, ...own].filter(({ id }) => !gone.includes(id));
  return (
    <>
      {reason && <p class="problem">{reason}</p>}
      <ul class="panel-list">
        {shown.map((note) => (
          <li key={note.id} class="panel-said">
            <p class="quiet">
              {texts.notedBy(aboutText(note), note.writtenBy, agoText(note.createdAt))}
            </p>
            <p dir="auto">{note.text}</p>
            {(isAdmin.value || note.writtenBy === caller.value?.name) && (
              <RemoveNote note={note} onRemoved={() => setGone([...gone, note.id])} />
            )}
          </li>
        ))}
      </ul>
      <NewNote about={about} onWritten={(note) => setOwn((before) => [...before, note])} />
    </>
  );
}

function aboutText({ mediaSid, messageSid }: Note): string {
  if (mediaSid !== null) return texts.noteAbout.media;
  return messageSid !== null ? texts.noteAbout.message : texts.noteAbout.sender;
}

/** For its author, and admins. */
function RemoveNote({ note, onRemoved }: { note: Note; onRemoved: () => void }) {
  const [isBusy, setBusy] = useState(false);
  async function remove(): Promise<void> {
    setBusy(true);
    try {
      await api.DELETE('/api/v1/notes/{id}', { params: { path: { id: note.id } } });
      onRemoved();
    } catch (error) {
      setBusy(false);
      notifyError(error);
    }
  }
  return (
    <button
      type="button"
      class="text-button"
      aria-label={texts.removeNoteOf(note.text)}
      disabled={isBusy}
      onClick={() => void remove()}
    >
      {texts.removeNote}
    </button>
  );
}

function NewNote(props: {
  about: readonly [NoteTarget, ...NoteTarget[]];
  onWritten: (note: Note) => void;
}) {
  const { about, onWritten } = props;
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);

  async function write(target: NoteTarget): Promise<void> {
    setBusy(true);
    try {
      const body = { ...target, text: text.trim() };
      onWritten(bodyOf(await api.POST('/api/v1/notes', { body })));
      setText('');
    } catch (error) {
      notifyError(error);
    } finally {
      setBusy(false);
    }
  }

  const isDisabled = isBusy || text.trim() === '';
  return (
    <form
      class="panel-note"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isDisabled) void write(about[0]);
      }}
    >
      <input
        type="text"
        aria-label={texts.newNote}
        placeholder={texts.newNote}
        maxLength={MAX_LENGTH}
        value={text}
        autocomplete="off"
        dir="auto"
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') event.currentTarget.blur();
        }}
      />
      {text.trim() !== '' &&
        about.map((target, index) => (
          <button
            key={JSON.stringify(target)}
            type={index === 0 ? 'submit' : 'button'}
            class="text-button"
            disabled={isDisabled}
            onClick={index === 0 ? undefined : () => void write(target)}
          >
            {writeText(target)}
          </button>
        ))}
    </form>
  );
}

function writeText(target: NoteTarget): string {
  if ('mediaSid' in target) return texts.noteMedia;
  return 'messageSid' in target ? texts.noteMessage : texts.noteSender;
}
