import type { Finding } from '../../core/preflight/finding.ts';
import { countFindings, findingLine } from '../../core/preflight/format-findings.ts';
import type { Colour, Paint } from './colour.ts';
import { formatMetrics, type Surveyed } from './format-metrics.ts';

const headings: readonly { readonly severity: Finding['severity']; readonly heading: string; readonly colour: Colour }[] = [
  { severity: 'refusal', heading: 'refusal', colour: 'red' },
  { severity: 'warning', heading: 'warning', colour: 'yellow' },
  { severity: 'unread', heading: 'could not read', colour: 'dim' },
];

interface Inspected {
  readonly context: string;
  readonly server: string;
  readonly rollouts: readonly { readonly rollout: string; readonly findings: readonly Finding[]; readonly metrics?: Surveyed }[];
}

/** What was found for each rollout, the gravest first, each with its remedy below it, and then what its metrics answer. */
export function formatInspection({ context, server, rollouts }: Inspected, paint: Paint): string {
  const sections = rollouts.map(({ rollout, findings, metrics }) => {
    const summary = `${paint('bold', rollout)}: ${countFindings(findings, 'refusal')}, ${countFindings(findings, 'warning')}`;
    const lines = [...findingsByGravity(findings, paint), ...(metrics === undefined ? [] : formatMetrics(metrics, paint))];
    return [summary, ...lines].join('\n');
  });
  return [`Looked at in ${context} (${server}):`, ...sections].join('\n\n');
}

/** Findings as lines, the gravest first, each with its remedy below it. */
export function findingsByGravity(findings: readonly Finding[], paint: Paint): string[] {
  return headings.flatMap(({ severity, heading, colour }) =>
    findings
      .filter((each) => each.severity === severity)
      .map((finding) => {
        const remedy = finding.remedy === '' ? '' : `\n${indented(finding.remedy, '    ')}`;
        return `  ${paint(colour, heading)}: ${findingLine(finding)}${remedy}`;
      }),
  );
}

function indented(text: string, indent: string): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
    .join('\n');
}
