import { handAlarmEvent } from '../../scenarios/by-hand.ts';
import { onOutsideEdit } from '../../scenarios/outsider.ts';
import { baseRun, brief, type Hands } from '../bases/usual.ts';
import { judge } from '../judge.ts';
import { whenEnded } from '../moments.ts';
import { play } from '../play.ts';
import { storyOf } from '../story.ts';
import { changes, doDeed } from './do-deed.ts';
import { type Incident, incidentText, type Mischief } from './incidents.ts';

/** Several rollouts, each met by something, and one that waits for a person until its deadline. */
const longestSeconds = 1200;

const patterns: Readonly<Record<Extract<Incident, { event: string }>['event'], unknown>> = {
  push: { source: ['aws.ecr'] },
  alarm: handAlarmEvent('ALARM'),
  death: { source: ['aws.states'], detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'] } },
};

/** What is said of a run that broke a promise, with its story; undefined where none was broken. */
export function runMischief({ newImage, outsideEdit, incidents }: Mischief): Promise<string | undefined> {
  const deeds = incidents.flatMap((incident) => ('deed' in incident ? [incident] : []));
  const base = baseRun({
    name: 'mischief',
    title: incidents.map(incidentText).join(', '),
    ends: [],
    changedByOthers: deeds.flatMap(({ deed }) => changes[deed] ?? []),
    spec: (usual) => ({
      ...onOutsideEdit(outsideEdit)(brief(usual)),
      policies: { newImage, outsideEdit },
      deadlines: { ready: '60s', drain: '2s', rollout: '2m' },
    }),
    tell: async (hands) => {
      const { sandbox, stage } = hands;
      for (const incident of incidents) if ('event' in incident) sandbox.bus.injectFault(harmOf(incident));
      stage.push('v2');
      await Promise.all(deeds.map(({ deed, afterSeconds }) => later(hands, afterSeconds, () => doDeed(hands, deed))));
      await whenEnded(stage);
      // A push whose event was lost, or whose start was refused, is looked for by the sweep.
      await stage.sleep(70);
      await whenEnded(stage);
    },
  });
  const faults = new Map(incidents.flatMap((incident) => ('fault' in incident ? [[incident.nth, incident.fault] as const] : [])));
  const plan = (_: unknown, nth: number) => faults.get(nth);
  return play(base, plan, async (played) => {
    const wrong = await judge(played, longestSeconds);
    if (wrong.length === 0) return undefined;
    const told = [`${newImage}, ${outsideEdit}: ${base.title}`, ...wrong.map((sentence) => `  - ${sentence.slice(0, 300)}`)];
    return [...told, storyOf(played)].join('\n');
  });
}

function harmOf({ event, harm }: Extract<Incident, { event: string }>): Parameters<Hands['sandbox']['bus']['injectFault']>[0] {
  const pattern = patterns[event];
  if (harm === 'lost') return { kind: 'drop', pattern };
  return harm === 'late' ? { kind: 'delay', pattern, delayMs: 20_000 } : { kind: 'duplicate', pattern, times: 3 };
}

async function later({ stage }: Hands, afterSeconds: number, act: () => Promise<void>): Promise<void> {
  await stage.sleep(afterSeconds);
  await act();
}
