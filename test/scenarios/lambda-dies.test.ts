import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../sandbox/clock.ts';
import { differences } from './differences.ts';
import { everyLambdaFailure } from './list/lambda-dies.ts';
import { everyRollbackFailure } from './list/rollback-lambda-dies.ts';
import { runScenario } from './run-scenario.ts';

describe('a Lambda that dies or stalls', () => {
  it.each([...everyLambdaFailure, ...everyRollbackFailure].map((scenario) => [`${scenario.name}: ${scenario.title}`, scenario] as const))(
    '%s',
    async (_, scenario) => {
      const outcome = await runScenario(scenario, { clock: new VirtualClock() });
      expect(differences(scenario, outcome)).toEqual([]);
    },
  );
});
