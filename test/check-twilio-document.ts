import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createApiDocument } from '../src/reference/api-document.ts';
import { twilioOperations } from '../src/twilio-api/twilio-operations.ts';

// `TWILIO_OPENAPI=twilio_api_v2010.json npm run test:twilio-document`: compares the Twilio-shaped operations
// with Twilio's own OpenAPI document. It is in the repository twilio/twilio-oai and in the npm package
// @twilio/cli-core. Ends with 1 when they differ.

interface Schema {
  $ref?: string;
  anyOf?: Schema[];
  const?: unknown;
  type?: string | string[];
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Schema>;
  items?: Schema;
}
interface OperationObject {
  parameters?: { in: string; name: string; schema: Schema }[];
  responses: Record<string, { content?: Record<string, { schema?: Schema }> }>;
}
interface Document {
  paths: Record<string, Record<string, OperationObject>>;
}

// Twilio's document calls it a map of any names.
const MAPS = new Set(['subresource_uris']);
// Ours only: Twilio's lists had them until 2016, and its libraries of that time read them.
const OURS = new Set(['last_page_uri', 'num_pages', 'total']);

const path = process.env.TWILIO_OPENAPI;
if (path === undefined || path === '') {
  console.log("Skipped: TWILIO_OPENAPI does not name Twilio's document twilio_api_v2010.json.");
  process.exit(0);
}
if (!existsSync(path)) {
  console.error(`TWILIO_OPENAPI names no file: ${path}`);
  process.exit(1);
}
const theirs: Document = JSON.parse(await readFile(path, 'utf8'));
const ours: Document = JSON.parse(JSON.stringify(createApiDocument()));
const differences: string[] = [];
let compared = 0;

for (const { id, method, path: at } of Object.values(twilioOperations)) {
  // The bytes are not in Twilio's document.
  if (id === 'readTwilioMedia') continue;
  const [their, our] = [theirs.paths[at]?.[method], ours.paths[at]?.[method]];
  if (their === undefined || our === undefined) {
    differences.push(`${method} ${at} is not in ${their === undefined ? 'theirs' : 'ours'}`);
    continue;
  }
  compareParameters(id, their, our);
  const [theirAnswer, ourAnswer] = [answerOf(their), answerOf(our)];
  if ((theirAnswer === undefined) !== (ourAnswer === undefined)) {
    differences.push(`${id}: only one has a body`);
  } else if (theirAnswer !== undefined && ourAnswer !== undefined) {
    compareSchemas(id, theirAnswer, ourAnswer);
  }
}
for (const difference of differences) console.error(difference);
console.log(`${compared} parameters and properties compared, ${differences.length} differences`);
if (differences.length > 0 || compared === 0) process.exitCode = 1;

function compareParameters(id: string, their: OperationObject, our: OperationObject): void {
  const byName = (operation: OperationObject) =>
    new Map((operation.parameters ?? []).map((one) => [`${one.in} ${one.name}`, one.schema]));
  const [theirs, ours] = [byName(their), byName(our)];
  for (const name of new Set([...theirs.keys(), ...ours.keys()])) {
    const [theirSchema, ourSchema] = [theirs.get(name), ours.get(name)];
    compared += 1;
    if (theirSchema === undefined || ourSchema === undefined) {
      differences.push(`${id}: ${name} is not in ${theirSchema === undefined ? 'theirs' : 'ours'}`);
      continue;
    }
    compareTypes(`${id} ${name}`, theirSchema, ourSchema);
    if (name !== 'query PageSize') continue;
    const bounds = ({ minimum, maximum }: Schema) => `${minimum} to ${maximum}`;
    if (bounds(theirSchema) !== bounds(ourSchema)) {
      differences.push(`${id} ${name}: ${bounds(theirSchema)}, ours ${bounds(ourSchema)}`);
    }
  }
}

function compareSchemas(where: string, their: Schema, our: Schema): void {
  const [theirSchema, ourSchema] = [resolve(theirs, their), resolve(ours, our)];
  compareTypes(where, theirSchema, ourSchema);
  if (theirSchema.items !== undefined && ourSchema.items !== undefined) {
    compareSchemas(`${where}[]`, theirSchema.items, ourSchema.items);
  }
  const [theirFields, ourFields] = [theirSchema.properties ?? {}, ourSchema.properties ?? {}];
  for (const name of new Set([...Object.keys(theirFields), ...Object.keys(ourFields)])) {
    const [theirField, ourField] = [theirFields[name], ourFields[name]];
    compared += 1;
    if (theirField !== undefined && ourField !== undefined) {
      if (MAPS.has(name)) compareTypes(`${where}.${name}`, theirField, ourField);
      else compareSchemas(`${where}.${name}`, theirField, ourField);
    } else if (theirField === undefined ? !OURS.has(name) : true) {
      differences.push(
        `${where}.${name} is not in ${theirField === undefined ? 'theirs' : 'ours'}`,
      );
    }
  }
}

function compareTypes(where: string, their: Schema, our: Schema): void {
  const [theirType, ourType] = [typeOf(theirs, their), typeOf(ours, our)];
  if (theirType !== ourType) differences.push(`${where}: ${theirType}, ours ${ourType}`);
}

/** Of a nullable schema the type that is not null. */
function typeOf(document: Document, schema: Schema): string {
  const resolved = resolve(document, schema);
  const choices = resolved.anyOf?.filter(({ type }) => type !== 'null');
  if (choices?.[0] !== undefined) return typeOf(document, choices[0]);
  const types = [resolved.type ?? typeof resolved.const].flat();
  return types.filter((type) => type !== 'null').join();
}

function answerOf({ responses }: OperationObject): Schema | undefined {
  return responses['200']?.content?.['application/json']?.schema;
}

function resolve(document: Document, schema: Schema): Schema {
  if (schema.$ref === undefined) return schema;
  const names = schema.$ref.slice(2).split('/');
  return names.reduce((node: never, name) => node[name], document as never) as Schema;
}
