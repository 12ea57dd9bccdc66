import { rolloutRecord } from '../../core/rollout/record.ts';
import { leftBehind } from '../scenarios/tail.ts';
import { outageWronglyTold } from './after-outage.ts';
import { clusterAwayMs } from './faults.ts';
import type { Played } from './play.ts';
import { toldWrongly } from './told-wrongly.ts';

/** The lease, the longest quiet that is announced beyond it, the sweep's minute, and the time that one more try of a Lambda takes. */
const leaseSeconds = 60 + 20;
const sweepSeconds = 60;
const runSeconds = 60;

/** What is not as promised at the end of a run, as sentences; empty where it ended on one whole, ready side. */
export async function judge(played: Played, baseSeconds: number): Promise<string[]> {
  const { base, sandbox, interposer, witness, watcher, services, before, records, restAtMs } = played;
  const wrong: string[] = [...watcher.violations, ...witness.violations, ...outageWronglyTold(played)];
  const [first] = interposer.befallen;
  if (restAtMs === undefined) wrong.push(`it never came to rest: ${standing(played)}`);
  else if (first !== undefined) {
    const seconds = (restAtMs - first.met.atMs) / 1000;
    const most = leaseSeconds + sweepSeconds + runSeconds + baseSeconds + (first.fault === 'clusterAway' ? clusterAwayMs / 1000 : 0);
    if (seconds > most) wrong.push(`it came to rest ${seconds.toFixed(1)} s after the fault, and not within ${most.toFixed(1)} s`);
  }
  const failed = records.filter(({ phase }) => phase === 'failed');
  if (failed.length > 0 && base.mayFail !== true) wrong.push(`${failed.map(({ rolloutId, reason }) => `${rolloutId} failed: ${reason}`)}`);
  for (const record of records) wrong.push(...(await toldWrongly(played, record)));
  if (failed.length > 0) return wrong;
  const { changedByOthers = [] } = base;
  for (const { name, namespace, replicas } of services) {
    const split = watcher.splits.get(name);
    if (split !== undefined && split.canary !== 0) wrong.push(`${name} ended at ${split.stable}/${split.canary}`);
    const ready = watcher.ready(name, 'stable');
    if (ready < (changedByOthers.includes('deployments') ? 1 : replicas))
      wrong.push(`stable of ${name} ended with ${ready} of ${replicas} ready`);
    const image = imageOf(sandbox.kubernetes.get({ apiVersion: 'apps/v1', resource: 'deployments', namespace, name }));
    const wanted = wantedTag(records, name);
    if (sandbox.versionOf(image) !== wanted) wrong.push(`stable of ${name} runs ${sandbox.versionOf(image)}, and not ${wanted}`);
  }
  wrong.push(...leftBehind(sandbox, services, before, changedByOthers));
  return wrong;
}

/** What stable is to run in the end: what was promoted last, or what it began with. */
export function wantedTag(records: Played['records'], service: string): string {
  return records.findLast(({ rollout, phase }) => rollout === service && phase === 'succeeded')?.image.tag ?? 'v1';
}

function imageOf(deployment: unknown): string {
  const { spec } = deployment as { spec?: { template: { spec: { containers: { image: string }[] } } } };
  return spec?.template.spec.containers[0]?.image ?? '';
}

function standing({ sandbox, records }: Played): string {
  const rollouts = records.map((record) => `${rolloutRecord.parse(record).rolloutId} is ${record.phase} (${record.reason ?? ''})`);
  const executions = sandbox.engine.executions.map(({ machine, status, states }) => `a ${machine} ${status} in ${states.at(-1)?.state}`);
  return [...rollouts, ...executions].join('; ');
}
