import { frame, fullSize } from '../cli/demo/frame.ts';
import { demoReport } from '../cli/demo/report.ts';
import { finalState } from '../cli/demo/state.ts';
import { terminalPicture } from './terminal-picture.ts';

/** The last frame of the last scenario in a report of the demo, as an SVG. */
export function pictureOfDemo(report: unknown): string {
  const { scenarios } = demoReport.parse(report);
  const last = scenarios.at(-1);
  if (last === undefined) throw new RangeError('the report holds no scenario');
  const lines = frame(finalState(last), { number: scenarios.length, of: scenarios.length }, fullSize, true);
  return terminalPicture(lines, { title: `Sluice, ${last.scenario}: ${last.title}`, columns: fullSize.width });
}
