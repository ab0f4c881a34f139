import { z } from 'zod';
import { defineOperation } from '../http/operation.ts';

const tag = 'monitoring';
const access = 'anyone';
const page = { description: 'HTML.', contentTypes: ['text/html'] };
const answers = { 200: page, 304: { description: 'Not modified.' } };

/** Off with `GALLERY=off`. The page is the same for everybody: what it shows, it asks of the API. */
export const pageOperations = {
  showPage: defineOperation({
    id: 'showPage',
    method: 'get',
    path: '/',
    tag,
    summary: 'The gallery, a page for people',
    access,
    answers,
    problems: ['unavailable', 'not_found'],
  }),
  showPageOfMedia: defineOperation({
    id: 'showPageOfMedia',
    method: 'get',
    path: '/m/{sid}',
    tag,
    summary: 'The same page, with one attachment open',
    access,
    params: z.object({ sid: z.string().describe('Of an attachment. 404 for what can be none.') }),
    answers,
    problems: ['unavailable', 'not_found'],
  }),
  showConversation: defineOperation({
    id: 'showConversation',
    method: 'get',
    path: '/conversation',
    tag,
    summary: 'The same page, with the messages of one sender',
    access,
    answers,
    problems: ['unavailable', 'not_found'],
  }),
  showDesk: defineOperation({
    id: 'showDesk',
    method: 'get',
    path: '/desk',
    tag,
    summary: 'The same page, with the queues of moderators',
    access,
    answers,
    problems: ['unavailable', 'not_found'],
  }),
  showPartOfDesk: defineOperation({
    id: 'showPartOfDesk',
    method: 'get',
    path: '/desk/{part}',
    tag,
    summary: 'The same page, where one queue is worked off, or with one of the lists of moderators',
    access,
    params: z.object({
      part: z.string().describe('A queue or a list of the desk; 404 for anything else.'),
    }),
    answers,
    problems: ['unavailable', 'not_found'],
  }),
  showDeskOfStory: defineOperation({
    id: 'showDeskOfStory',
    method: 'get',
    path: '/desk/story/{sid}',
    tag,
    summary: 'The same page, with what happened to one attachment',
    access,
    params: z.object({ sid: z.string().describe('Of an attachment. 404 for what can be none.') }),
    answers,
    problems: ['unavailable', 'not_found'],
  }),
  readPageFile: defineOperation({
    id: 'readPageFile',
    method: 'get',
    path: '/assets/{file}',
    tag,
    summary: 'A script, style sheet or picture of the page',
    description: 'Its name changes with its content, so it may be cached for a year.',
    access,
    params: z.object({ file: z.string() }),
    answers: {
      200: {
        description: 'The file.',
        contentTypes: ['text/css', 'text/javascript', 'image/svg+xml'],
      },
      304: { description: 'Not modified.' },
    },
    problems: ['not_found'],
  }),
};
