import { expect, it } from 'vitest';
import { parseXml } from '../../../../src/simulator/webhook/deliver-webhook.ts';

it('reads elements, text, CDATA and references', () => {
  const source = `<?xml version='1.0'?><!-- a --><a x="1" y='&lt;'>t &#65;&#x42;<b/><![CDATA[<&>]]></a><?pi x?>`;
  expect(parseXml(source)).toEqual({
    name: 'a',
    text: 't AB<&>',
    children: [{ name: 'b', text: '', children: [] }],
  });
});

it.each([
  ['nothing', ''],
  ['only text', 'hello'],
  ['two roots', '<a/><b/>'],
  ['text after the root', '<a/>x'],
  ['CDATA after the root', '<a/><![CDATA[x]]>'],
  ['an open element', '<a><b></b>'],
  ['crossed elements', '<a><b></a></b>'],
  ['a lonely end', '</a>'],
  ['a bare ampersand', '<a>x & y</a>'],
  ['an unknown entity', '<a>&nbsp;</a>'],
  ['an unfinished reference', '<a>&amp</a>'],
  ['a bare angle', '<a>1 < 2</a>'],
  ['an unquoted attribute', '<a b=1/>'],
  ['a repeated attribute', '<a b="1" b="2"/>'],
  ['a bad reference in an attribute', '<a b="&x"/>'],
  ['a document type', '<!DOCTYPE a><a/>'],
  ['space before the declaration', ' <?xml version="1.0"?><a/>'],
  ['dashes in a comment', '<!-- a -- b --><a/>'],
  ['the end of CDATA in text', '<a>]]></a>'],
  ['a reference to no character', '<a>&#0;</a>'],
])('refuses %s', (_name, source) => {
  expect(() => parseXml(source)).toThrow(SyntaxError);
});
