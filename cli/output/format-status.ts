import type { Verdict } from '../../core/analysis/verdict.ts';
import { formatDuration } from '../../core/spec/duration.ts';
import type { RolloutSummary, ServiceStatus, Status } from '../connection/connection.ts';
import { type Paint, phaseColours } from './colour.ts';
import { formatTable } from './table.ts';

/** What runs, what ran, and what is quarantined. */
export function formatStatus({ atMs, services }: Status, paint: Paint): string {
  if (services.length === 0) return 'No spec has been applied yet: `sluice apply rollouts/<name>.yaml`.';
  const sections = [presentTable(services, atMs, paint)];
  const past = services.flatMap((service) => service.past).toSorted((a, b) => b.startedAtMs - a.startedAtMs);
  if (past.length > 0) sections.push(`${paint('bold', 'Last rollouts')}\n${pastTable(past, paint)}`);
  const quarantine = services.flatMap(({ rollout, quarantine }) =>
    quarantine.map(({ digest, why, rolloutId }) => [rollout, shortDigest(digest), rolloutId, why]),
  );
  if (quarantine.length > 0) sections.push(`${paint('bold', 'Quarantine')}\n${formatTable(quarantine)}`);
  return sections.join('\n\n');
}

function presentTable(services: readonly ServiceStatus[], atMs: number, paint: Paint): string {
  const headings = ['rollout', 'phase', 'image', 'step', 'weight', 'since', 'baked'].map((heading) => paint('dim', heading));
  const rows = services.map(({ rollout, present, retiredAtMs }) => {
    if (present === undefined) return [rollout, retiredAtMs === undefined ? 'no rollout under way' : `retired ${formatTime(retiredAtMs)}`];
    return [
      rollout,
      paint(phaseColours[present.phase], present.phase),
      imageText(present),
      `${present.step} of ${present.steps}`,
      `${present.weight} of ${present.totalWeight}`,
      formatDuration((atMs - present.stepSinceMs) / 1000),
      `${formatDuration(Math.min(present.bakedSeconds, present.bakeSeconds))} of ${formatDuration(present.bakeSeconds)}`,
    ];
  });
  const running = services.flatMap(({ present }) => (present === undefined ? [] : [present]));
  const verdicts = running.flatMap((present) => [
    ...verdictLines(present, paint),
    ...(running.length === 1 ? metricLines(present, paint) : []),
  ]);
  const table = formatTable(running.length > 0 ? [headings, ...rows] : rows);
  return verdicts.length === 0 ? table : `${table}\n\n${verdicts.join('\n')}`;
}

function verdictLines({ rolloutId, verdict, reason }: RolloutSummary, paint: Paint): string[] {
  const lines: string[] = [];
  if (verdict !== undefined) {
    const { overall } = verdict;
    const name = overall.name === 'analysis' ? '' : `${overall.name}: `;
    lines.push(`${rolloutId}: ${kindText(overall, paint)}, ${name}${overall.reason}`);
  }
  if (reason !== undefined && reason !== verdict?.overall.reason) lines.push(`${rolloutId}: ${reason}`);
  return lines;
}

/** What each metric, alarm and alert said at the last look, unless that is what the whole said. */
function metricLines({ verdict }: RolloutSummary, paint: Paint): string[] {
  if (verdict === undefined) return [];
  return verdict.verdicts
    .filter(({ reason }) => reason !== verdict.overall.reason)
    .map((each) => `  ${kindText(each, paint)}${each.dryRun === true ? ' (dry run)' : ''}: ${each.reason}`);
}

function kindText({ verdict }: Verdict, paint: Paint): string {
  return paint(verdict === 'pass' ? 'green' : verdict === 'fail' ? 'red' : 'yellow', verdict);
}

function pastTable(past: readonly RolloutSummary[], paint: Paint): string {
  const headings = ['rollout', 'phase', 'image', 'started', 'took', 'why'].map((heading) => paint('dim', heading));
  const rows = past.map((each) => [
    each.rolloutId,
    paint(phaseColours[each.phase], each.phase),
    imageText(each),
    formatTime(each.startedAtMs),
    each.endedAtMs === undefined ? '-' : formatDuration((each.endedAtMs - each.startedAtMs) / 1000),
    each.rollbackReason === undefined ? '-' : `${each.rollbackReason}: ${each.reason ?? ''}`,
  ]);
  return formatTable([headings, ...rows]);
}

export function imageText({ image }: Pick<RolloutSummary, 'image'>): string {
  return image.tag ?? shortDigest(image.digest);
}

function shortDigest(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

/** UTC, so that it can be compared with what the console and the logs say. @example formatTime(0) // '1970-01-01 00:00:00' */
export function formatTime(atMs: number): string {
  return new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');
}
