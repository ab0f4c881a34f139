import { z } from 'zod';
import { defineOperation } from '../http/operation.ts';

const tag = 'monitoring';

/** Off with `DOCS=off`. */
export const referenceOperations = {
  showOpenApi: defineOperation({
    id: 'showOpenApi',
    method: 'get',
    path: '/openapi.json',
    tag,
    summary: 'This document',
    access: 'anyone',
    answers: {
      200: { description: 'OpenAPI 3.1.', contentTypes: ['application/json'] },
    },
    problems: ['not_found'],
  }),
  showReference: defineOperation({
    id: 'showReference',
    method: 'get',
    path: '/docs',
    tag,
    summary: 'A page that shows this document, to read and to try',
    access: 'anyone',
    answers: {
      200: { description: 'HTML.', contentTypes: ['text/html'] },
      301: { description: 'From `/docs/`.' },
    },
    problems: ['not_found'],
  }),
  readReferenceFile: defineOperation({
    id: 'readReferenceFile',
    method: 'get',
    path: '/docs/{file}',
    tag,
    summary: 'A script or style sheet of that page',
    access: 'anyone',
    params: z.object({ file: z.string() }),
    answers: {
      200: { description: 'The file.', contentTypes: ['text/css', 'text/javascript'] },
      304: { description: 'Not modified.' },
    },
    problems: ['not_found'],
  }),
};
