import { defineOperation } from '../../http/operation.ts';
import { pageAnswer } from '../../http/paging.ts';
import { newNote, noteListQuery, notePath, noteSchema } from './note-schemas.ts';

const tag = 'moderation';

/** Operations on moderators' notes. */
export const noteOperations = {
  listNotes: defineOperation({
    id: 'listNotes',
    method: 'get',
    path: '/api/v1/notes',
    tag,
    summary: 'List the notes about an attachment, a message or a sender',
    description: 'Of exactly one of the three. Oldest first.',
    access: 'moderator',
    query: noteListQuery,
    answers: { 200: pageAnswer(noteSchema) },
  }),
  writeNote: defineOperation({
    id: 'writeNote',
    method: 'post',
    path: '/api/v1/notes',
    tag,
    summary: 'Write a note for other moderators',
    description:
      'About exactly one of the three. It is deleted with the attachment or message, and by the erasure of the sender.',
    access: 'moderator',
    body: newNote,
    bodyExample: { sender: '+15551234567', text: 'Asked us on Monday to delete the pictures.' },
    // Two thousand characters of four bytes.
    bodyLimit: '16kb',
    answers: { 201: { description: 'It is written.', body: noteSchema } },
    problems: ['not_found', 'media_deleted', 'message_deleted'],
  }),
  deleteNote: defineOperation({
    id: 'deleteNote',
    method: 'delete',
    path: '/api/v1/notes/{id}',
    tag,
    summary: 'Delete a note',
    description: 'By its author, or by an admin.',
    access: 'moderator',
    params: notePath,
    answers: { 204: { description: 'Deleted.' } },
    problems: ['not_found'],
  }),
};
