import { formatTime } from './format-time.ts';
import { frame, fullSize, type Place } from './frame.ts';
import { paint, styles } from './paint.ts';
import type { StoryLine } from './report.ts';
import type { DemoState } from './state.ts';

/** As much of a terminal as the demo needs; `process.stdout` is one. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

/** Shows a scenario while it is played. */
export interface Screen {
  show(state: DemoState, place: Place): void;
  /** The last picture of a scenario, which stays. */
  leave(state: DemoState, place: Place): void;
  /** Gives the terminal back as it was; harmless when done twice. */
  close(): void;
}

const narrowest = 40;

/** Draws over itself on the terminal's second screen, so that what was on the first one comes back, and the last pictures behind it. */
export function liveScreen(output: Output, colour: boolean): Screen {
  let open = false;
  const width = () => Math.max(narrowest, Math.min(fullSize.width, output.columns ?? fullSize.width));
  const close = () => {
    if (open) output.write('\u001b[?25h\u001b[?1049l');
    open = false;
  };
  return {
    show(state, place) {
      if (!open) output.write('\u001b[?1049h\u001b[?25l\u001b[2J');
      open = true;
      const height = output.rows ?? fullSize.height;
      const lines = frame(state, place, { width: width(), height }, colour).slice(0, height);
      output.write(`\u001b[H${lines.map((line) => `${line}\u001b[K`).join('\r\n')}\u001b[J`);
    },
    leave(state, place) {
      close();
      output.write(`${frame(state, place, { ...fullSize, width: width() }, colour).join('\n')}\n\n`);
    },
    close,
  };
}

/** Writes one line for each thing that is told, and nothing twice. */
export function plainScreen(output: Output, colour: boolean): Screen {
  let scenario: string | undefined;
  let told = 0;
  const show = ({ report }: DemoState, { number, of }: Place) => {
    if (scenario !== report.scenario) {
      scenario = report.scenario;
      told = 0;
      output.write(`${report.scenario} (${number} of ${of}): ${report.title}\n`);
    }
    for (const line of report.story.slice(told)) output.write(`${plainLine(line, report.startedAtMs, colour)}\n`);
    told = report.story.length;
  };
  return {
    show,
    leave(state, place) {
      show(state, place);
      output.write('\n');
    },
    close: () => undefined,
  };
}

function plainLine({ atMs, tone, text }: StoryLine, startedAtMs: number, colour: boolean): string {
  return paint([formatTime(atMs - startedAtMs).padStart(6), '  ', [text, styles[tone]]], Number.POSITIVE_INFINITY, colour);
}
