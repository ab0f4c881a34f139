import { callerOf, hasRole } from '../../auth/authentication.ts';
import { sendPage } from '../../http/paging.ts';
import { type Route, route } from '../../http/resource-router.ts';
import type { Notes } from './notes.ts';
import { noteOperations as operations } from './notes-operations.ts';

/** `/api/v1/notes`, for moderators. */
export function createNoteRoutes(notes: Notes): Route[] {
  return [
    route(operations.listNotes, async ({ query, request, response }) => {
      sendPage(request, response, await notes.list(query));
    }),
    route(operations.writeNote, async ({ body, response }) => {
      const { text, ...target } = body;
      response.status(201).json(await notes.write(target, text, callerOf(response).name));
    }),
    route(operations.deleteNote, async ({ params: { id }, response }) => {
      const caller = callerOf(response);
      await notes.remove(id, { name: caller.name, isAdmin: hasRole(caller, 'admin') });
      response.status(204).end();
    }),
  ];
}
