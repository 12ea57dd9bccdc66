import type { Phase } from '../../core/rollout/record.ts';

/** ANSI: https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters */
const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;
export type Colour = keyof typeof codes;
export type Paint = (colour: Colour, text: string) => string;

/** Colours where `coloured`, and the text as it is where not. */
export function paintFor(coloured: boolean): Paint {
  return (colour, text) => (coloured ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text);
}

export const phaseColours: Readonly<Record<Phase, Colour>> = {
  pending: 'cyan',
  progressing: 'cyan',
  paused: 'yellow',
  promoting: 'cyan',
  succeeded: 'green',
  rollingBack: 'red',
  rolledBack: 'yellow',
  failed: 'red',
};

/**
 * On a terminal only, and not where somebody says no. Source: https://no-color.org
 */
export function wantsColour(options: {
  readonly terminal: boolean;
  readonly noColour: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): boolean {
  return options.terminal && !options.noColour && !options.environment['NO_COLOR'] && options.environment['TERM'] !== 'dumb';
}
