import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { parseXml } from '../../../src/simulator/webhook/deliver-webhook.ts';
import { listXml, resourceXml } from '../../../src/twilio-api/representation.ts';
import { mediaResource, messageResource } from '../../../src/twilio-api/resources.ts';
import { mediaRow, messageRow } from '../../support/twilio-api-rows.ts';

// As Twilio's page of 2018 has it, but for /Message/ in the Uri.
const EXAMPLE = `<TwilioResponse>
 <Media>
   <Sid>ME557ce644e5ab84fa21cc21112e22c485</Sid>
   <AccountSid>ACda6f1e11047ebd6fe7a55f120be3a900</AccountSid>
   <ParentSid>MM8dfedb55c129dd4d6bd1f59af9d11080</ParentSid>
   <ContentType>image/jpeg</ContentType>
   <DateCreated>Fri, 17 Jul 2009 01:52:49 +0000</DateCreated>
   <DateUpdated>Fri, 17 Jul 2009 01:52:49 +0000</DateUpdated>
   <Uri>/2010-04-01/Accounts/ACda6f1e11047ebd6fe7a55f120be3a900/Messages/MM8dfedb55c129dd4d6bd1f59af9d11080/Media/ME557ce644e5ab84fa21cc21112e22c485.xml</Uri>
 </Media>
</TwilioResponse>`;

test("a media is the page's XML example", () => {
  const xml = resourceXml('Media', mediaResource(mediaRow(), 'xml'));
  expect(xml).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>/);
  expect(parseXml(xml)).toEqual(parseXml(EXAMPLE.replaceAll(/>\s+</g, '><')));
});

test('a list has its paging as attributes, and each resource as an element', () => {
  const paging = { end: 1, first_page_uri: '/x?a=1&b="<"', next_page_uri: null, page_size: 50 };
  const resources = [1, 2].map((n) => mediaResource(mediaRow({ sid: `ME${n}` }), 'xml'));
  const xml = listXml('MediaList', 'Media', paging, resources);
  expect(attributesOf(xml, 'MediaList')).toEqual({
    end: '1',
    firstpageuri: '/x?a=1&b="<"',
    nextpageuri: '',
    pagesize: '50',
  });
  const [list] = parseXml(xml).children;
  expect(list?.children.map(({ name, children }) => [name, children[0]?.text])).toEqual([
    ['Media', 'ME1'],
    ['Media', 'ME2'],
  ]);
});

test('an empty list is an element without children', () => {
  const [list] = parseXml(listXml('Messages', 'Message', { page: 0 }, [])).children;
  expect(list).toEqual({ name: 'Messages', text: '', children: [] });
});

test('a message has its subresources as elements, and null as an empty one', () => {
  const message = messageResource({ ...messageRow(), numMedia: 1 }, 'xml');
  const [element] = parseXml(resourceXml('Message', message)).children;
  const child = (name: string) => element?.children.find((each) => each.name === name);
  expect(child('NumMedia')?.text).toBe('1');
  expect(child('ErrorCode')).toEqual({ name: 'ErrorCode', text: '', children: [] });
  expect(child('SubresourceUris')?.children).toMatchObject([
    { name: 'Media', text: expect.stringMatching(/\/Media\.xml$/) },
  ]);
});

test.each([
  ['markup', '<b>bold</b> & <!-- no comment --> <?no pi?> <![CDATA[x]]> ]]>'],
  ['references', '&amp; &lt; &#65; &nbsp; &'],
  ['references that there cannot be', '&#0; &#x0; &#x110000; &#99999999999; &#xd800; &__proto__;'],
  ['an escaped reference', '&amp;nbsp; &amp;amp; &amp;#65;'],
  ['quotes', `"double" 'single'`],
  ['lines', 'one\ntwo\tthree  '],
  ['carriage returns', 'one\r\ntwo\rthree\r'],
  ['letters of every size', 'é 猫 😀 \u{10FFFF}'],
  ['what other serialisers take for orders', '@text #cdata $'],
  ['nothing', ''],
])('a text with %s comes back as it was', (_name, body) => {
  const message = messageResource({ ...messageRow({ body }), numMedia: 0 }, 'xml');
  const [element] = parseXml(resourceXml('Message', message)).children;
  expect(element?.children.find(({ name }) => name === 'Body')?.text).toBe(body);
  const xml = listXml('Messages', 'Message', { uri: body.trim() }, []);
  expect(attributesOf(xml, 'Messages').uri).toBe(body.trim().replaceAll(/[\n\t]/g, ' '));
});

test.each([
  ['NUL', 'a\0b'],
  ['a control character', 'a\u001bb'],
  ['half a surrogate pair', 'a\ud83db'],
  ['the other half', 'a\ude00b'],
  ['a noncharacter', 'a\ufffeb'],
])('%s, which XML cannot hold, is replaced', (_name, body) => {
  const message = messageResource({ ...messageRow({ body }), numMedia: 0 }, 'xml');
  const [element] = parseXml(resourceXml('Message', message)).children;
  expect(element?.children.find(({ name }) => name === 'Body')?.text).toBe('a\ufffdb');
});

function attributesOf(xml: string, element: string): Record<string, string> {
  let found: Record<string, string> = {};
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (name === element) found = { ...attributes } as Record<string, string>;
  });
  parser.write(xml).close();
  return found;
}
