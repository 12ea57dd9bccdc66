import { systemClock } from '../../adapters/clock.ts';
import { createStepFunctionsExecutions } from '../../adapters/executions/step-functions.ts';
import type { Providers } from '../define-function.ts';
import { readVariable } from '../environment.ts';
import { awsJsonApi } from './aws-json-api.ts';

export const provideExecutions: Providers<'executions'> = {
  executions: () =>
    createStepFunctionsExecutions({
      call: awsJsonApi({ name: 'states', id: 'SFN' }, 'AWSStepFunctions'),
      machines: { rollout: readVariable('rolloutMachine'), rollback: readVariable('rollbackMachine') },
      clock: systemClock,
    }),
};
