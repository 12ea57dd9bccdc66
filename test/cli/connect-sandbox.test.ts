import { describe, expect, it } from 'vitest';
import { connectSandbox } from '../../cli/connection/sandbox/connect-sandbox.ts';
import { createPacedClock } from '../../cli/connection/sandbox/pace.ts';
import { readStateFile, stateFilePath, writeStateFile } from '../../cli/connection/sandbox/state-file.ts';
import { VirtualClock } from '../../sandbox/clock.ts';
import { temporaryFolder } from './run-command.ts';
import { cliSpec } from './sandbox-spec.ts';

describe('connecting to a sandbox', () => {
  it('starts one where none runs, finds it from then on, and notices a file that one left behind', async () => {
    const environment = { XDG_RUNTIME_DIR: await temporaryFolder() };
    const path = stateFilePath(environment);
    await writeStateFile(path, { port: 9, token: 's'.repeat(43), kubernetesUrl: '' });
    const connect = () =>
      connectSandbox({
        environment,
        speed: 1,
        readSpecs: async () => [{ file: 'checkout.yaml', text: cliSpec() }],
        clock: new VirtualClock(),
      });
    const first = await connect();
    expect(first.own).toBe(true);
    const second = await connect();
    expect(second).toMatchObject({ own: false, kubernetesUrl: first.kubernetesUrl });
    expect((await second.connection.status()).services.map(({ rollout }) => rollout)).toEqual(['checkout']);
    await second.close();
    expect(await readStateFile(path)).toBeDefined();
    await first.close();
    expect(await readStateFile(path)).toBeUndefined();
  });
});

describe('the clock of a sandbox that people watch', () => {
  it.each([1, 30])("goes %i times as fast as the machine's, and no faster", async (speed) => {
    const machine = new VirtualClock();
    const paced = createPacedClock(speed, machine);
    const startMs = machine.now();
    await paced.sleep(60_000);
    const tookMs = machine.now() - startMs;
    paced.stop();
    expect(tookMs).toBeLessThanOrEqual(60_000 / speed);
    expect(tookMs).toBeGreaterThan(60_000 / speed - 100);
  });

  it('stands still while the machine is at work, and does not hurry afterwards', async () => {
    const machine = new VirtualClock();
    const paced = createPacedClock(10, machine);
    const startMs = paced.now();
    await paced.busy(() => machine.sleep(5_000));
    expect(paced.now() - startMs).toBeLessThanOrEqual(200);
    const middleMs = machine.now();
    await paced.sleep(10_000);
    expect(machine.now() - middleMs).toBeGreaterThan(900);
    paced.stop();
  });
});
