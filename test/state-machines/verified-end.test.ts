import { expect, it } from 'vitest';
import rollback from '../../state-machines/rollback.asl.json' with { type: 'json' };
import rollout from '../../state-machines/rollout.asl.json' with { type: 'json' };

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: readonly { readonly Next?: string }[];
  readonly Catch?: readonly { readonly Next: string }[];
}

interface Machine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

/** Every state that can be come to without going through one of these to what comes behind it. A Catch is no such way. */
function reachedWithout({ StartAt, States }: Machine, barriers: readonly string[]): ReadonlySet<string> {
  const reached = new Set<string>();
  const visit = (name: string | undefined): void => {
    if (name === undefined || reached.has(name)) return;
    reached.add(name);
    const { Next, Default, Choices = [], Catch = [] } = States[name] ?? {};
    for (const caught of Catch) visit(caught.Next);
    if (barriers.includes(name)) return;
    for (const next of [Next, Default, ...Choices.map((choice) => choice.Next)]) visit(next);
  };
  visit(StartAt);
  return reached;
}

it.each<[string, Machine, string, string]>([
  ['a rollback ends as rolled back only behind a look at the routes', rollback, 'FinishRollback', 'VerifyTraffic'],
  ['a rollback removes the canary only behind a look at the routes', rollback, 'RemoveCanary', 'VerifyTraffic'],
  ['a rollout succeeds only behind a stable that was seen ready', rollout, 'Finish', 'AwaitStable'],
  ['a rollout succeeds only behind the return of the traffic', rollout, 'Finish', 'ReturnTraffic'],
  ['a rollout promotes only behind a look at the routes', rollout, 'PromoteStable', 'VerifyWeight'],
])('O3, T8: %s', (_, machine, end, verification) => {
  expect(reachedWithout(machine, []).has(end)).toBe(true);
  expect(reachedWithout(machine, [verification]).has(end)).toBe(false);
});
