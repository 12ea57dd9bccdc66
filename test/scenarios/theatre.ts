import type { Theatre } from '../../cli/demo/theatre.ts';
import { differences } from './differences.ts';
import { scenarios } from './list.ts';
import { runScenario } from './run-scenario.ts';
import { usualServices } from './usual.ts';

/** The scenarios, as the demo plays them. */
export const theatre: Theatre = {
  scenarios: scenarios.map(({ name, title, promises, services = usualServices }) => ({
    name,
    title,
    promises,
    service: services[0]?.name ?? '',
    stable: services[0]?.tag ?? '',
  })),
  usual: ['demo-healthy', 'demo-alarm'],
  play: async (name, { clock, wrapDeps, onAnswer, onSandbox }) => {
    const scenario = scenarios.find((each) => each.name === name);
    if (scenario === undefined) throw new RangeError(`there is no scenario ${name}`);
    const outcome = await runScenario(scenario, { clock, wrapDeps, onAnswer, onSandbox });
    return differences(scenario, outcome);
  },
};
