export interface SvgElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const attribute = /\s+([a-zA-Z][\w:-]*)="([^"<]*)"/y;
const entity = /&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[\da-fA-F]+);)/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML has no room for these.
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** The elements of an SVG in the order of their beginnings, and its texts. @throws Error for what is no well-formed XML. */
export function readSvg(markup: string): { readonly elements: readonly SvgElement[]; readonly texts: readonly string[] } {
  if (unwritable.test(markup)) throw new Error('a character that XML has no room for');
  const [elements, texts, open]: [SvgElement[], string[], string[]] = [[], [], []];
  let at = 0;
  while (at < markup.length) {
    const next = markup.indexOf('<', at);
    const between = markup.slice(at, next === -1 ? undefined : next);
    if (entity.test(between) || between.includes(']]>')) throw new Error(`a bare & in ${between}`);
    if (open.length === 0 && between.trim() !== '') throw new Error(`text outside of the root: ${between}`);
    if (between.trim() !== '') texts.push(between.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'));
    if (next === -1) break;
    const closing = /<\/([a-zA-Z]+)>/y;
    closing.lastIndex = next;
    const closed = closing.exec(markup);
    if (closed !== null) {
      if (open.pop() !== closed[1]) throw new Error(`</${closed[1]}> closes nothing`);
      at = closing.lastIndex;
      continue;
    }
    at = readElement(markup, next, elements, open);
  }
  if (open.length > 0) throw new Error(`<${open.at(-1)}> is not closed`);
  return { elements, texts };
}

function readElement(markup: string, from: number, elements: SvgElement[], open: string[]): number {
  const begun = /<([a-zA-Z]+)/y;
  begun.lastIndex = from;
  const name = begun.exec(markup)?.[1];
  if (name === undefined) throw new Error(`no element at ${markup.slice(from, from + 40)}`);
  if (open.length === 0 && elements.length > 0) throw new Error('a second root');
  const attributes: Record<string, string> = {};
  attribute.lastIndex = begun.lastIndex;
  let at = begun.lastIndex;
  for (let found = attribute.exec(markup); found !== null; found = attribute.exec(markup)) {
    const [, key = '', value = ''] = found;
    if (Object.hasOwn(attributes, key) || entity.test(value)) throw new Error(`the attribute ${key} of <${name}>`);
    attributes[key] = value;
    at = attribute.lastIndex;
  }
  elements.push({ name, attributes });
  if (markup.startsWith('/>', at)) return at + 2;
  if (!markup.startsWith('>', at)) throw new Error(`<${name}> does not end`);
  open.push(name);
  return at + 1;
}

/** All places that are drawn at, as points. */
export function placesOf({ name, attributes }: SvgElement): { readonly x: number; readonly y: number }[] {
  const number = (key: string) => Number(attributes[key]);
  if (name === 'text') return [{ x: number('x'), y: number('y') }];
  if (name === 'rect') {
    return [
      { x: number('x'), y: number('y') },
      { x: number('x') + number('width'), y: number('y') + number('height') },
    ];
  }
  if (name !== 'path') return [];
  let [x, y] = [0, 0];
  return [...(attributes['d'] ?? '').matchAll(/([MLV])([^MLV]*)/g)].map(([, command, given = '']) => {
    const numbers = given.trim().split(/\s+/).map(Number);
    if (command === 'V') y = numbers[0] ?? Number.NaN;
    else [x = Number.NaN, y = Number.NaN] = numbers;
    return { x, y };
  });
}
