/** The few SVG elements that a picture of ours is made of, each as one line of markup. Lengths are in the picture's own pixels. */

export interface TextStyle {
  readonly fill: string;
  readonly size?: number;
  readonly bold?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
}

export function text(x: number, y: number, content: string, { fill, size = 13, bold = false, anchor = 'start' }: TextStyle): string {
  const weight = bold ? ' font-weight="600"' : '';
  const from = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${short(x)}" y="${short(y)}" font-size="${size}"${weight}${from} fill="${fill}">${escapeMarkup(content)}</text>`;
}

export function rectangle(x: number, y: number, width: number, height: number, fill: string): string {
  return `<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${fill}"/>`;
}

export function verticalLine(x: number, fromY: number, toY: number, stroke: string): string {
  return `<path d="M${short(x)} ${short(fromY)}V${short(toY)}" stroke="${stroke}" stroke-dasharray="4 3"/>`;
}

type Points = readonly (readonly [x: number, y: number])[];

/** Joined points, as one line with gaps between its pieces. */
export function lines(pieces: readonly Points[], stroke: string, dashes?: string, width = 1.5): string {
  const path = pieces.map((points) => points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${short(x)} ${short(y)}`).join('')).join('');
  const dashed = dashes === undefined ? '' : ` stroke-dasharray="${dashes}"`;
  return `<path d="${path}" fill="none" stroke="${stroke}" stroke-width="${width}"${dashed}/>`;
}

/** From point to point. */
export function line(points: Points, stroke: string, width = 1): string {
  return lines([points], stroke, undefined, width);
}

export function dot(x: number, y: number, radius: number, fill: string): string {
  return `<circle cx="${short(x)}" cy="${short(y)}" r="${radius}" fill="${fill}"/>`;
}

/** A picture with a title for those who cannot see it, on a ground of its own: it looks the same on a light page and on a dark one. */
export function picture(size: { readonly width: number; readonly height: number }, title: string, body: readonly string[]): string {
  const { width, height } = size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeMarkup(title)}</title>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="10" fill="#0d1117" stroke="#444c56"/>`,
    `<g font-family="ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, 'DejaVu Sans', sans-serif">`,
    ...body,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** @example short(12.345) // '12.3' */
function short(length: number): string {
  return String(Math.round(length * 10) / 10);
}

/** What XML has no room for, escaped or not, is shown as U+FFFD. Source: https://www.w3.org/TR/xml/#charsets */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const unwritable = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;

function escapeMarkup(content: string): string {
  return content.toWellFormed().replaceAll(unwritable, '\ufffd').replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
