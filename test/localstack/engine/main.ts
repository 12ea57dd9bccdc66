import { parseArgs } from 'node:util';
import { stubVariables } from '../stub/aws-stub.ts';
import { sweepEverySeconds } from '../tier/localstack-tier.ts';
import { startLocalStack } from './localstack.ts';

const usage = `npm run localstack -- [options]

Starts LocalStack as \`npm run test:localstack\` does, and keeps it until Ctrl-C. It prints how to run the tests against it.

  --stub-port <port>  where the tests will put their stub of EKS and ECR (default 4599)
  --help              this text`;

const { values } = parseArgs({ options: { 'stub-port': { type: 'string', default: '4599' }, help: { type: 'boolean' } } });
if (values.help) {
  console.log(usage);
} else {
  const stubPort = Number(values['stub-port']);
  const localStack = await startLocalStack({
    workerEnvironment: (host) => stubVariables(host, stubPort),
    scheduleMinuteSeconds: sweepEverySeconds,
    maxWorkers: 120,
    report: (line) => console.error(line),
    environment: { ...process.env, LOCALSTACK_ENDPOINT: '' },
  });
  const variables = {
    LOCALSTACK_ENDPOINT: localStack.endpoint,
    LOCALSTACK_LAMBDA_HOST: localStack.hostSeenByLambdas,
    LOCALSTACK_STUB_PORT: `${stubPort}`,
  };
  const settings = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  console.log(`${[...settings, 'npm run test:localstack'].join(' ')}`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await localStack.stop();
}
