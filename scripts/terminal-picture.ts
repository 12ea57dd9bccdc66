const cell = { width: 8.4, height: 18 } as const;
const margin = { side: 20, top: 44, bottom: 20 } as const;
const colours = {
  back: '#0d1117',
  text: '#e6edf3',
  gray: '#8b949e',
  red: '#ff7b72',
  green: '#7ee787',
  yellow: '#e3b341',
  cyan: '#79c0ff',
} as const;

/** What `styleText` of Node writes for the styles that the demo uses, by SGR code. */
const codes: Readonly<Record<string, keyof typeof colours>> = { '90': 'gray', '31': 'red', '32': 'green', '33': 'yellow', '36': 'cyan' };

interface Run {
  readonly column: number;
  readonly text: string;
  readonly colour: string;
  readonly bold: boolean;
}

/**
 * Lines of a terminal, with their colours, as an SVG. Block characters are drawn as rectangles and each run of text has its width
 * written out, so that the picture is the same whatever fonts a reader has.
 */
export function terminalPicture(
  lines: readonly string[],
  { title, columns }: { readonly title: string; readonly columns: number },
): string {
  const width = Math.ceil(columns * cell.width + 2 * margin.side);
  const height = margin.top + lines.length * cell.height + margin.bottom;
  const body = lines.flatMap((line, row) => runsOf(line).map((run) => drawRun(run, margin.top + row * cell.height)));
  const dots = ['#ff5f57', '#febc2e', '#28c840'].map((fill, index) => `<circle cx="${24 + index * 20}" cy="20" r="6" fill="${fill}"/>`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escapeMarkup(title)}</title>`,
    `<rect width="${width}" height="${height}" rx="10" fill="${colours.back}"/>`,
    ...dots,
    `<g font-family="ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" xml:space="preserve">`,
    ...body,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function runsOf(line: string): Run[] {
  const runs: Run[] = [];
  let column = 0;
  let colour: string = colours.text;
  let bold = false;
  for (const [index, part] of line.split('\u001b[').entries()) {
    const end = index === 0 ? 0 : part.indexOf('m') + 1;
    const code = part.slice(0, Math.max(0, end - 1));
    if (code === '1' || code === '22') bold = code === '1';
    else if (code !== '') colour = colours[codes[code] ?? 'text'];
    for (const text of part.slice(end).match(/[▁-█]+|[^▁-█]+/g) ?? []) {
      runs.push({ column, text, colour, bold });
      column += text.length;
    }
  }
  return runs;
}

function drawRun({ column, text, colour, bold }: Run, top: number): string {
  const left = margin.side + column * cell.width;
  if (/^[▁-█]/.test(text)) return drawBlocks(text, left, top, colour);
  const from = text.length - text.trimStart().length;
  const shown = text.trim();
  if (shown === '') return '';
  const length = (shown.length * cell.width).toFixed(1);
  const weight = bold ? ' font-weight="bold"' : '';
  const x = (left + from * cell.width).toFixed(1);
  return `<text x="${x}" y="${top + 13}" fill="${colour}"${weight} textLength="${length}">${escapeMarkup(shown)}</text>`;
}

/** ▁ to █ grow upwards by an eighth each. */
function drawBlocks(text: string, left: number, top: number, colour: string): string {
  return [...text.matchAll(/(.)\1*/g)]
    .map(({ 0: same, index }) => {
      const height = cell.height * ((same.charCodeAt(0) - 0x2580) / 8);
      const [x, y] = [left + index * cell.width, top + cell.height - height];
      const size = `width="${(same.length * cell.width).toFixed(1)}" height="${height.toFixed(1)}"`;
      return `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${size} fill="${colour}"/>`;
    })
    .join('');
}

function escapeMarkup(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
