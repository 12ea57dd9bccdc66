import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setUp, startMs } from '../sandbox/cloudwatch/set-up.ts';
import { type CloudWatchServer, startCloudWatchServer } from './cloudwatch-server.ts';
import { sluice, temporaryFolder } from './run-command.ts';
import { cliSpec } from './sandbox-spec.ts';

const metric = (name: string) => `
    - name: errors
      cloudwatch: { metric: { namespace: Shop, name: ${name}, dimensions: { Service: "{{canary}}" }, stat: Sum, period: 5s } }
      max: 1`;
const specWith = (metrics: string) => cliSpec().replace('\n  metrics:', `\n  metrics:${metrics}`);

let cwd: string;
let server: CloudWatchServer;
let environment: Readonly<Record<string, string>>;

beforeEach(async () => {
  const { cloudWatch } = setUp();
  cloudWatch.record({ namespace: 'Shop', metricName: 'Errors', dimensions: { Service: 'checkout' }, value: 1, atMs: startMs });
  server = await startCloudWatchServer(cloudWatch.metricData);
  environment = server.environment;
  cwd = await temporaryFolder();
  await mkdir(join(cwd, 'rollouts'));
});

afterEach(() => server.close());

const lint = async (spec: string, ...more: string[]) => {
  await writeFile(join(cwd, 'rollouts', 'checkout.yaml'), spec);
  return sluice(['lint', '--cloudwatch', ...more], { cwd, environment });
};

describe('sluice lint --cloudwatch', () => {
  it('finds metrics that were written to fit', async () => {
    expect(await lint(specWith(metric('Errors')))).toEqual({
      code: 0,
      out: ['1 file, no problem.', '', 'Looked at in CloudWatch (eu-west-1):', '', 'checkout: 0 refusals, 0 warnings', ''].join('\n'),
      err: '',
    });
  });

  it('refuses what CloudWatch does not know, and exits with 1', async () => {
    const { code, out } = await lint(specWith(metric('Erors')));
    expect(code).toBe(1);
    expect(out).toContain('  refusal: metric Shop Erors: CloudWatch has no metric Erors of the namespace Shop; did you mean Errors?');
  });

  it('has its findings in the JSON too', async () => {
    const { out } = await lint(specWith(metric('Erors')), '--json');
    expect(JSON.parse(out)).toMatchObject({
      cloudWatch: { region: 'eu-west-1', rollouts: [{ rollout: 'checkout', findings: [{ severity: 'refusal' }] }] },
    });
  });

  it('asks nothing for a spec that asks nothing of CloudWatch', async () => {
    await server.close();
    const { code, out } = await lint(cliSpec());
    expect([code, out]).toEqual([0, '1 file, no problem.\n\nLooked at in CloudWatch (eu-west-1):\n']);
  });

  it('needs a region', async () => {
    environment = {};
    const { code, err } = await lint(specWith(metric('Errors')));
    expect([code, err]).toEqual([expect.any(Number), expect.stringContaining('Give --region')]);
    expect(code).not.toBe(0);
  });
});
