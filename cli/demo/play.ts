import { every, type SandboxClock } from '../../sandbox/clock.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import type { Place } from './frame.ts';
import type { Observed } from './observed.ts';
import { reduce } from './reduce.ts';
import type { ScenarioReport } from './report.ts';
import type { Screen } from './screen.ts';
import { initialState } from './state.ts';
import type { DemoScenario, Theatre } from './theatre.ts';
import { watch } from './watch.ts';

/** How often the picture is drawn, in real milliseconds. */
const drawEveryMs = 100;

export interface PlayOptions {
  readonly theatre: Theatre;
  readonly scenario: DemoScenario;
  readonly place: Place;
  readonly clock: SandboxClock;
  readonly speed: number;
  readonly screen: Screen;
  /** Told of the sandbox once it runs, for whoever may have to close it early. */
  readonly onSandbox: (sandbox: Sandbox) => void;
}

/** Plays one scenario on the screen, and returns what was seen of it. */
export async function play({ theatre, scenario, place, clock, speed, screen, onSandbox }: PlayOptions): Promise<ScenarioReport> {
  let state = initialState(scenario, clock.now());
  const tell = (event: Observed) => {
    state = reduce(state, event);
  };
  const draw = () => {
    state = { ...state, nowMs: Math.max(state.nowMs, Math.round(clock.now())) };
    screen.show(state, place);
  };
  draw();
  const stopDrawing = every(clock, drawEveryMs * speed, draw);
  const hooks = watch(scenario, clock, tell);
  const differences = await theatre.play(scenario.name, {
    ...hooks,
    onSandbox: (sandbox) => {
      onSandbox(sandbox);
      hooks.onSandbox(sandbox);
    },
  });
  stopDrawing();
  tell({ kind: 'ended', atMs: Math.round(clock.now()), differences });
  screen.leave(state, place);
  return state.report;
}
