import { afterEach, expect, it } from 'vitest';
import { type RunningCadvisor, type RunningContainer, startCadvisor } from '../../sandbox/cadvisor.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { parseExposition } from '../../sandbox/prometheus/exposition.ts';

const clock = new VirtualClock();
let cadvisor: RunningCadvisor | undefined;
afterEach(async () => {
  clock.stop();
  await cadvisor?.close();
});

it('tells of each container how near it is to its limits, by the load of that time', async () => {
  const startedAtMs = clock.now();
  const app: RunningContainer = {
    ...{ namespace: 'shop', pod: 'checkout-6f8b-x2x9z', container: 'app', startedAtMs },
    ...{ limits: { cpu: '500m', memory: '1Ki' }, load: { throttledShare: 0.5, memoryShare: 0.25 } },
  };
  let containers: RunningContainer[] = [app, { ...app, container: 'unlimited', limits: {} }];
  cadvisor = await startCadvisor(clock, () => containers);
  const { metricsUrl } = cadvisor;
  const read = () =>
    clock.busy(async () => {
      const parsed = parseExposition(await (await fetch(metricsUrl)).text());
      if (!parsed.ok) throw new Error(parsed.message);
      return parsed.samples.map(({ labels: { __name__: name, container }, value }) => `${container} ${name} ${value}`);
    });
  await clock.sleep(10_000);
  expect(await read()).toEqual([
    `app container_start_time_seconds ${startedAtMs / 1000}`,
    'app container_spec_memory_limit_bytes 1024',
    'app container_memory_working_set_bytes 256',
    'app container_cpu_cfs_periods_total 100',
    'app container_cpu_cfs_throttled_periods_total 50',
    `unlimited container_start_time_seconds ${startedAtMs / 1000}`,
    'unlimited container_spec_memory_limit_bytes 0',
    'unlimited container_memory_working_set_bytes 0',
  ]);
  containers = [{ ...app, load: {} }];
  await clock.sleep(10_000);
  expect((await read()).slice(-2)).toEqual(['app container_cpu_cfs_periods_total 200', 'app container_cpu_cfs_throttled_periods_total 50']);
});
