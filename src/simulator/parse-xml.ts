/** An element; `text` is its own character data, `children` its elements. */
export interface XmlElement {
  name: string;
  text: string;
  children: XmlElement[];
}

const NAME = '[A-Za-z_:][\\w:.-]*';
const DECLARATION = /<\?xml\s[^?]*\?>/y;
const IGNORED = /<!--(?:(?!--)[\s\S])*-->|<\?(?!xml[\s?])[A-Za-z_][\s\S]*?\?>/y;
const CDATA = /<!\[CDATA\[([\s\S]*?)\]\]>/y;
const END_TAG = new RegExp(`</(${NAME})\\s*>`, 'y');
const START_TAG = new RegExp(
  `<(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^<"]*"|'[^<']*'))*)\\s*(/?)>`,
  'y',
);
const ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'g');
const TEXT = /[^<]+/y;
const ENTITIES: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
};

/**
 * Parses a small XML document, refusing what is not well-formed. Document types, which TwiML has
 * none of, are refused as well; attributes are checked and dropped.
 *
 * @throws SyntaxError
 */
export function parseXml(source: string): XmlElement {
  let position = 0;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const match = pattern.exec(source);
    if (match) position = pattern.lastIndex;
    return match;
  };
  const document: XmlElement = { name: '', text: '', children: [] };
  const open: XmlElement[] = [document];

  take(DECLARATION);
  while (position < source.length) {
    const current = open.at(-1) ?? document;
    if (take(IGNORED)) continue;

    const cdata = take(CDATA);
    if (cdata) {
      if (current === document) throw new SyntaxError('Text outside the root element');
      current.text += cdata[1] ?? '';
      continue;
    }
    const end = take(END_TAG);
    if (end) {
      if (current === document || end[1] !== current.name) {
        throw new SyntaxError(`Unexpected </${end[1]}>`);
      }
      open.pop();
      continue;
    }
    const start = take(START_TAG);
    if (start) {
      const element: XmlElement = { name: start[1] ?? '', text: '', children: [] };
      checkAttributes(start[2] ?? '');
      current.children.push(element);
      if (start[3] !== '/') open.push(element);
      continue;
    }
    const text = take(TEXT)?.[0];
    if (text === undefined) throw new SyntaxError(`Not XML at character ${position}`);
    if (text.includes(']]>')) throw new SyntaxError('"]]>" in text');
    if (current === document && text.trim() !== '') {
      throw new SyntaxError('Text outside the root element');
    }
    current.text += decodeEntities(text);
  }
  const [root, ...others] = document.children;
  if (open.length > 1) throw new SyntaxError(`<${open.at(-1)?.name}> is not closed`);
  if (!root || others.length > 0) throw new SyntaxError('Not exactly one root element');
  return root;
}

function checkAttributes(source: string): void {
  const seen = new Set<string>();
  for (const [, name = '', quoted, apostrophed] of source.matchAll(ATTRIBUTE)) {
    if (seen.has(name)) throw new SyntaxError(`Attribute ${name} appears twice`);
    seen.add(name);
    decodeEntities(quoted ?? apostrophed ?? '');
  }
}

function decodeEntities(text: string): string {
  return text.replace(/&([^;&\s]*);?/g, (reference, name: string) => {
    const number = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name);
    const decoded = number
      ? codePoint(number[1] ? Number.parseInt(number[1], 16) : Number(number[2]))
      : ENTITIES[name];
    if (decoded === undefined || !reference.endsWith(';')) {
      throw new SyntaxError(`Unknown entity ${reference}`);
    }
    return decoded;
  });
}

function codePoint(value: number): string | undefined {
  return value > 0 && value <= 0x10ffff ? String.fromCodePoint(value) : undefined;
}
