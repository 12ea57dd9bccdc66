import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import { InvalidInputError } from '../../core/errors.ts';
import { deploySpec } from '../../functions/deploy-spec.ts';
import { guardRemoval } from '../../functions/guard-removal.ts';
import { wireFunctions } from '../../sandbox/functions.ts';
import { specText } from '../core/spec/spec-text.ts';
import payloadBefore from '../data/upgrades/payload-v1.json' with { type: 'json' };
import payload from '../data/upgrades/payload-v2.json' with { type: 'json' };
import { doorsOfRunningRollout } from '../functions/doors-for-tests.ts';
import { type CountedDeps, countedDeps } from './counted-deps.ts';
import { fuzz, takenOrNamed } from './fuzz.ts';
import { asEvent } from './json-text.ts';
import { mutated } from './mutate.ts';

/** The states of both machines that are Lambdas, but for those that are doors too. */
const doors = ['Abort', 'ApplySpec', 'Begin', 'DeploySpec', 'GuardRemoval', 'Operate', 'ReceiveAlerts', 'ReceiveWebhook', 'Sweep'];

let shared: CountedDeps | undefined;

/** A rollout that runs. It serves until an input was taken, which may have changed it. */
async function running(): Promise<CountedDeps> {
  if (shared === undefined) {
    const { deps } = await doorsOfRunningRollout();
    const counted = countedDeps(deps.store, deps.clusters.open({ name: '', endpoint: '', certificateAuthority: '' }));
    shared = { ...counted, deps: { ...counted.deps, clock: deps.clock } };
  }
  return shared;
}

describe('payloads between states', () => {
  const names = Object.keys(wireFunctions(() => countedDeps().deps)).filter((name) => !doors.includes(name));
  const owned = { ...payload, rolloutId: 'checkout-000001', fence: 1, watchSeconds: 0 };
  const bases = [payload, payloadBefore, owned, { ...payload, rolloutId: 'checkout-000001' }];
  for (const name of names) {
    fuzz(`${name}: payload`, 800, mutated(...bases), async (event) => {
      const { deps, written } = await running();
      const before = written();
      const fate = await takenOrNamed(
        () => wireFunctions(() => deps)[name]?.(asEvent(event)),
        (error) => {
          if (error instanceof InvalidInputError) expect(written()).toBe(before);
        },
      );
      if (written() !== before) shared = undefined;
      return fate;
    });
  }
});

describe('requests of CloudFormation', () => {
  const asked: string[] = [];
  beforeAll(() => {
    vi.stubGlobal('fetch', async (url: string, init: { body: string }) => {
      asked.push(url);
      expect(Buffer.byteLength(init.body)).toBeLessThanOrEqual(4_096);
      return { status: 200 };
    });
  });
  afterAll(() => vi.unstubAllGlobals());

  const request = {
    RequestType: 'Create',
    ResponseURL: 'https://cloudformation.example/answer?signature=secret',
    StackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/sluice/1',
    RequestId: 'r1',
    LogicalResourceId: 'Checkout',
    ResourceProperties: { file: 'rollouts/checkout.yaml', text: specText },
  };
  const removal = { ...request, RequestType: 'Delete', PhysicalResourceId: 'rollout/checkout' };
  for (const door of [deploySpec, guardRemoval]) {
    fuzz(`${door.name}: request`, 600, mutated(request, removal), async (event) => {
      const { deps } = countedDeps();
      const fate = await takenOrNamed(() => door.wiredWith(deps)(asEvent(event)));
      for (const url of asked.splice(0))
        expect(url).toMatch(/^(https:|http:\/\/(localhost|127\.|\[::1\]|[a-z0-9.-]*localhost\.localstack\.cloud))/);
      return fate;
    });
  }
});
