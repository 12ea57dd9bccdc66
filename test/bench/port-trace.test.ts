import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../adapters/store/memory.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { checkout, withBenchStage } from './bench-stage.ts';
import { PortTrace } from './port-trace.ts';

describe('the trace of an act', () => {
  it('holds its own calls with their times, delayed as asked, and none that run beside it', async () => {
    const clock = new VirtualClock();
    const trace = new PortTrace(clock);
    const options = { clock, services: [checkout], requestsPerSecond: 1, store: createMemoryStore(), wrapDeps: trace.wrap };
    const calls = await withBenchStage({ ...options, spec: (usual) => usual }, async ({ sandbox }) => {
      const key = { partition: 'alarm#a', sort: 'state' };
      const { calls: found, result } = trace.record({ readMs: 5, writeMs: 12 }, () => sandbox.deps.store.read(key));
      await Promise.all([result, sandbox.deps.store.list('specs')]);
      return found;
    });
    expect(calls.map(({ what, startMs, endMs }) => ({ what, tookMs: endMs - startMs }))).toEqual([{ what: 'store read alarm', tookMs: 5 }]);
  });
});
