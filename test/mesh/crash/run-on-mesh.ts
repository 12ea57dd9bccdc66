import { type Case, caseName } from '../../crash/cases.ts';
import { judge, wantedTag } from '../../crash/judge.ts';
import { type Played, play } from '../../crash/play.ts';
import { storyOf } from '../../crash/story.ts';
import type { World } from '../../crash/world/world.ts';
import { unexplainedFailures } from '../chaos/unexplained-failures.ts';

/** What came of one case. */
export interface CaseResult {
  readonly one: Case;
  readonly endedAs: string;
  /** Whether the run came by the edge at all: with another turn of a race it may not. */
  readonly isMet: boolean;
  readonly sent: number;
  readonly failed: number;
  readonly seconds: number;
  /** What is not as promised, as sentences. */
  readonly wrong: readonly string[];
  readonly story: string;
}

/** An undisturbed run, and what eight of them at once on two cores add to it. */
const baseSeconds = 90;

/** Plays one case with requests from its beginning to its end, none of which a fault of Sluice's own may cost. */
export function runOnMesh(one: Case, world: World): Promise<CaseResult> {
  const plan = (met: { readonly id: string }) => (met.id === one.edge.id ? one.fault : undefined);
  const judgeHere = async (played: Played): Promise<CaseResult> => {
    const { stage, sandbox, records, interposer, startedAtMs } = played;
    const wrong = await judge(played, baseSeconds);
    wrong.push(...(await answeredByOthers(played)), ...unexplainedFailures(stage.answers));
    return {
      one,
      endedAs: records
        .map(({ phase, rollbackReason }) => (rollbackReason === undefined ? phase : `${phase} (${rollbackReason})`))
        .join(', '),
      isMet: interposer.befallen.length > 0,
      sent: stage.answers.length,
      failed: stage.answers.filter(({ status }) => status === 0 || status >= 500).length,
      seconds: (sandbox.clock.now() - startedAtMs) / 1000,
      wrong,
      story: storyOf(played),
    };
  };
  return play(one.base, plan, judgeHere, world);
}

/** Which versions answer in the end besides the one that stable is to run, by requests that are sent now. */
async function answeredByOthers({ stage, services, records }: Played): Promise<string[]> {
  const fromMs = stage.sandbox.clock.now();
  await stage.sleep(1);
  const versions = new Set(stage.answers.filter(({ atMs }) => atMs >= fromMs).map(({ version }) => version ?? 'nobody'));
  const wanted = services.map(({ name }) => wantedTag(records, name));
  if (versions.size === 0) return ['in the end no request was answered'];
  return [...versions].filter((version) => !wanted.includes(version)).map((version) => `in the end ${version} answered, and not ${wanted}`);
}

/** @example lineOf(result) // 'promoted | Finish: store read locks #1 | errorBefore   succeeded   0 of 312 requests failed   21 s' */
export function lineOf({ one, endedAs, isMet, sent, failed, seconds, wrong }: CaseResult): string {
  const verdict = wrong.length > 0 ? 'broken' : isMet ? 'kept' : 'not met';
  return `  ${verdict.padEnd(8)}${caseName(one).padEnd(100)} ${endedAs.padEnd(22)} ${failed} of ${sent} requests failed, ${seconds.toFixed(0)} s`;
}
