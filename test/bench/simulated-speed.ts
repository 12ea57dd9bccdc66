import { VirtualClock } from '../../sandbox/clock.ts';
import { healthy } from '../scenarios/list/healthy.ts';
import { runScenario } from '../scenarios/run-scenario.ts';
import type { Figure } from './figure.ts';

const runs = 5;

/** What a test of a whole rollout costs: how much faster than real the virtual clock runs one. */
export const simulatedSpeed: Figure = {
  name: 'simulated-speed',
  title: 'Simulated time: the healthy scenario on the virtual clock',
  async measure() {
    const speeds: number[] = [];
    const realMs: number[] = [];
    let virtualSeconds = 0;
    for (let run = 0; run < runs; run += 1) {
      const clock = new VirtualClock();
      const from = { virtualMs: clock.now(), realMs: performance.now() };
      await runScenario(healthy, { clock });
      const tookMs = performance.now() - from.realMs;
      virtualSeconds = (clock.now() - from.virtualMs) / 1000;
      realMs.push(tookMs);
      speeds.push((virtualSeconds * 1000) / tookMs);
    }
    return {
      readings: [
        { what: 'virtual seconds per real second', unit: 'times', samples: speeds },
        { what: 'one run', unit: 'ms', samples: realMs },
      ],
      notes: [`${virtualSeconds.toFixed(0)} virtual seconds each, with 40 requests a second through the proxy.`],
    };
  },
};
