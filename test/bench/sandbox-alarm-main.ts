import { ScaledClock } from '../../sandbox/clock.ts';
import { alarmDetail, bakedWeight, bakingSpec, requestsPerSecond } from './alarm-rollout.ts';
import { type BenchStage, checkout, withBenchStage } from './bench-stage.ts';

/** Has as many rollouts taken back by an alarm as its argument says, and prints how long each took, in milliseconds, as JSON. */
const times = Number(process.argv[2] ?? 1);
const options = { clock: new ScaledClock(), services: [checkout], requestsPerSecond, spec: bakingSpec };
const samples = await withBenchStage(options, async (stage) => {
  const measured: number[] = [];
  for (let nth = 1; nth <= times; nth += 1) measured.push(await alarmInBake(stage, nth));
  return measured;
});
console.log(JSON.stringify(samples));

async function alarmInBake(stage: BenchStage, nth: number): Promise<number> {
  const { sandbox, witness } = stage;
  const { bus, clock, engine } = sandbox;
  const put = (value: 'ALARM' | 'OK') => {
    const detail = alarmDetail(`${checkout.name}-errors`, value, clock.now());
    bus.putEvents([{ source: 'aws.cloudwatch', detailType: 'CloudWatch Alarm State Change', detail }]);
  };
  stage.push(`v${nth + 1}`);
  await stage.until('the bake', () => witness.changes.at(-1)?.canary === bakedWeight);
  await stage.sleep(2);
  const fromMs = clock.now();
  put('ALARM');
  const written = await stage.until('the weight', () => witness.changes.find(({ atMs, canary }) => atMs > fromMs && canary === 0));
  await stage.until('the end', () => engine.executions.every(({ status }) => status !== 'running'));
  put('OK');
  await stage.sleep(0.5);
  return written.atMs - fromMs;
}
