import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A resource's properties in Twilio's JSON names and in the order of its documentation. */
export type Resource = Record<string, string | number | null | Record<string, string>>;

// XML 1.0 cannot contain these characters, not even as references.
const NOT_XML = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/**
 * `<TwilioResponse>` around one resource.
 *
 * @param name of its element, such as `Media`
 */
export function resourceXml(name: string, resource: Resource): string {
  return twilioResponse({ [name]: elements(resource) });
}

/**
 * `<TwilioResponse>` around a list: paging as attributes (`firstpageuri`), each resource as an element.
 *
 * @param list name of the list's element, `item` of each resource's
 */
export function listXml(
  list: string,
  item: string,
  paging: Resource,
  resources: readonly Resource[],
): string {
  const attributes = Object.entries(paging).map(([name, value]) => [
    `@${name.replaceAll('_', '')}`,
    text(value),
  ]);
  return twilioResponse({
    [list]: { ...Object.fromEntries(attributes), [item]: resources.map(elements) },
  });
}

function twilioResponse(content: object): string {
  // Loaded by the first answer in XML: most clients ask for JSON, and its DOM takes 4 MB.
  const { create } = require('xmlbuilder2') as typeof import('xmlbuilder2');
  const document = create({ version: '1.0', encoding: 'UTF-8' }, { TwilioResponse: content }).end();
  // A parser would normalise a literal carriage return to a line feed [XML 1.0, 2.11].
  return document.replaceAll('\r', '&#xD;');
}

/** Converts names: `date_created` becomes `<DateCreated>`. */
function elements(resource: Resource): object {
  return Object.fromEntries(
    Object.entries(resource).map(([name, value]) => [
      name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      typeof value === 'object' && value !== null ? elements(value) : text(value),
    ]),
  );
}

// xmlbuilder2 resolves entity references in its input, and does not escape an & in its output that looks
// like the start of one: escaped twice, an & is written correctly.
function text(value: Resource[string]): string {
  if (value === null) return '';
  return String(value).replaceAll(NOT_XML, '\uFFFD').replaceAll('&', '&amp;amp;');
}
