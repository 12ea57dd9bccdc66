import { writeSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScaledClock } from '../../sandbox/clock.ts';
import { scenarios } from '../scenarios/list.ts';
import { playScenario } from '../scenarios/play-scenario.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { whyNotOn } from '../scenarios/tier.ts';
import { ownScenarios } from './own/list.ts';
import { lineOf, type Played, tally } from './tally.ts';
import { functionErrors } from './tier/function-errors.ts';
import type { Lane } from './tier/lane.ts';
import { lacking, localStackTier } from './tier/localstack-tier.ts';
import { openTheatre, type Theatre } from './tier/open-theatre.ts';
import { answersToOneToken, notKeptApart } from './tier/store-apart.ts';

/** Each is a copy of Sluice of its own; they live in one account, and are told of each other's pushes and alarms. */
const prefixes = ['sluice-a', 'sluice-b', 'sluice-c', 'sluice-d'];

/** What is played: with SCENARIO a part of it, whose names match. */
const chosen = new RegExp(process.env['SCENARIO'] ?? '');
const all: readonly (Pick<Scenario, 'name' | 'title'> & {
  readonly on: (lane: Lane) => Scenario;
  readonly why?: string;
  readonly risksDeployment?: boolean;
})[] = [
  // The longest first, so that none is left over at the end.
  ...ownScenarios.map((own) => ({ ...own, on: (lane: Lane): Scenario => ({ ...own, ...own.on(lane) }) })),
  ...scenarios.map((scenario) => {
    const why = whyNotOn({ lacks: lacking, exact: false }, scenario);
    return { ...scenario, on: () => scenario, ...(why === undefined ? {} : { why }) };
  }),
].filter(({ name }) => chosen.test(name));

const played: Played[] = [];
let theatre: Theatre | undefined;

beforeAll(async () => {
  theatre = await openTheatre({ prefixes, report: (line) => (process.env['VERBOSE'] === undefined ? undefined : write(line)) });
});

afterAll(async () => {
  write(tally(played, theatre?.notes ?? []));
  await theatre?.close();
});

it('has a store whose transactions are kept apart from other writes', async () => {
  if (theatre === undefined) throw new Error('LocalStack was not started');
  const lane = await theatre.lanes.take();
  expect(await notKeptApart(lane)).toEqual([]);
  theatre.lanes.give(lane);
});

it('has a store that answers a transaction which comes again as it did before', async () => {
  if (theatre === undefined) throw new Error('LocalStack was not started');
  const lane = await theatre.lanes.take();
  expect(await answersToOneToken(lane)).toEqual(['ok', 'ok']);
  theatre.lanes.give(lane);
});

describe('scenarios on LocalStack', () => {
  for (const { name, title, on, why, risksDeployment = false } of all) {
    it.concurrent(`${name}: ${title}`, async ({ skip }) => {
      if (why !== undefined) {
        tell({ name, outcome: 'skipped', why, seconds: 0 });
        skip(why);
      }
      if (theatre === undefined) throw new Error('LocalStack was not started');
      const { lanes } = theatre;
      const lane = await lanes.take();
      const [startedAtMs, startedMs] = [Date.now(), performance.now()];
      const found = await playScenario(on(lane), { clock: new ScaledClock(), tier: localStackTier(lane) });
      tell({ name, outcome: found.length === 0 ? 'passed' : 'failed', seconds: (performance.now() - startedMs) / 1000 });
      if (found.length > 0) await tellErrors(lane, startedAtMs);
      if (found.length === 0 || !risksDeployment) lanes.give(lane);
      expect(found).toEqual([]);
    });
  }
});

/** What its functions have to say of a story that did not end as it should. */
async function tellErrors({ apis, deployment: { prefix } }: Lane, sinceMs: number): Promise<void> {
  const lines = await functionErrors(apis, prefix, sinceMs).catch((error: unknown) => [`its logs could not be read: ${error}`]);
  write([`  errors of ${prefix}, the last ${lines.length}:`, ...lines].join('\n    '));
}

/** Past Vitest, which would put the name of some other scenario above it. */
function write(text: string): void {
  writeSync(1, `${text}\n`);
}

/** Each is told as soon as it is over: all of them together take minutes. */
function tell(one: Played): void {
  played.push(one);
  if (one.outcome !== 'skipped') write(lineOf(one));
}
