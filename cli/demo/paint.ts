import { styleText } from 'node:util';
import type { Tone } from './report.ts';

type Style = Parameters<typeof styleText>[0];

/** A part of a line, and how it looks where there are colours. */
export type Piece = string | readonly [text: string, style: Style];

export const styles = {
  quiet: 'gray',
  good: 'green',
  doubtful: 'yellow',
  bad: 'red',
} as const satisfies Record<Tone, Style>;

/**
 * One line of at most `width` cells, cut with an ellipsis. Every character that the demo uses is one cell wide, and is counted before
 * it is painted.
 */
export function paint(pieces: readonly Piece[], width: number, colour: boolean): string {
  const length = pieces.reduce((sum, piece) => sum + textOf(piece).length, 0);
  let left = length > width ? width - 1 : width;
  let line = '';
  for (const piece of pieces) {
    const text = textOf(piece).slice(0, left);
    left -= text.length;
    line += typeof piece === 'string' || !colour || text === '' ? text : styleText(piece[1], text, { validateStream: false });
  }
  return length > width ? `${line}…` : line;
}

function textOf(piece: Piece): string {
  return typeof piece === 'string' ? piece : piece[0];
}

/** Whether to paint at all. `FORCE_COLOR` and `NO_COLOR` are what Node itself takes them for: the first wins. */
export function wantsColour(env: Readonly<Record<string, string | undefined>>, isTerminal: boolean): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = env;
  if (force !== undefined) return force !== '0' && force !== 'false';
  if (no !== undefined && no !== '') return false;
  return isTerminal && term !== 'dumb';
}
