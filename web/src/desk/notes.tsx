import { useState } from 'preact/hooks';
import { api, bodyOf } from '../api/client.ts';
import type { MediaItem, Note } from '../api/types.ts';
import { notifyError } from '../frame/announcements.tsx';
import { strings } from '../strings.ts';
import { useSource } from '../viewer/use-source.ts';
import { Section } from './panel-section.tsx';
import { readNotes } from './read-context.ts';
import { agoText } from './waiting-time.ts';

const texts = strings.desk.panel;
const MAX_LENGTH = 2000;

/** What moderators have noted for each other, and a field for one more. */
export function Notes({ item }: { item: MediaItem }) {
  const { value = [], reason } = useSource(item.sid, (options) => readNotes(item, options));
  const [own, setOwn] = useState<Note[]>([]);
  return (
    <Section title={texts.notes}>
      {reason && <p class="problem">{reason}</p>}
      <ul class="panel-list">
        {[...value, ...own].map((note) => (
          <li key={note.id} class="panel-said">
            <p class="quiet">
              {texts.notedBy(aboutText(note), note.writtenBy, agoText(note.createdAt))}
            </p>
            <p dir="auto">{note.text}</p>
          </li>
        ))}
      </ul>
      <NewNote item={item} onWritten={(note) => setOwn((before) => [...before, note])} />
    </Section>
  );
}

function aboutText({ mediaSid, messageSid }: Note): string {
  if (mediaSid !== null) return texts.noteAbout.media;
  return messageSid !== null ? texts.noteAbout.message : texts.noteAbout.sender;
}

function NewNote({ item, onWritten }: { item: MediaItem; onWritten: (note: Note) => void }) {
  const { sid, from } = item;
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);

  async function write(about: { mediaSid: string } | { sender: string }): Promise<void> {
    setBusy(true);
    try {
      onWritten(bodyOf(await api.POST('/api/v1/notes', { body: { ...about, text: text.trim() } })));
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
        if (!isDisabled) void write({ mediaSid: sid });
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
      {text.trim() !== '' && (
        <>
          <button type="submit" class="text-button" disabled={isDisabled}>
            {texts.noteMedia}
          </button>
          {from && (
            <button
              type="button"
              class="text-button"
              disabled={isDisabled}
              onClick={() => void write({ sender: from })}
            >
              {texts.noteSender}
            </button>
          )}
        </>
      )}
    </form>
  );
}
