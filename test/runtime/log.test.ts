import { Logger } from '@aws-lambda-powertools/logger';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClusterUnavailableError } from '../../core/errors.ts';
import { createLog } from '../../runtime/log.ts';

const written: string[] = [];
const keep = (line: string) => void written.push(line);
const lines = () => written.map((line) => JSON.parse(line) as Record<string, unknown>);

beforeEach(() => {
  written.length = 0;
  // Powertools writes to the global console in place of the process's own output.
  vi.stubEnv('POWERTOOLS_DEV', 'true');
  for (const level of ['info', 'warn', 'error'] as const) vi.spyOn(console, level).mockImplementation(keep);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const keptLog = () => createLog({ logger: new Logger({ serviceName: 'sluice' }), deployment: 'sluice-test', writeLine: keep });

describe('the log', () => {
  it('puts the fields of `with` on every line that follows', () => {
    const log = keptLog();
    const about = log.with({ rolloutId: 'checkout-000012', step: 1, weight: 25 });
    about.info('first');
    about.warn('second', { counted: 'checkout' });
    expect(lines()).toMatchObject([
      { level: 'INFO', message: 'first', service: 'sluice', rolloutId: 'checkout-000012', step: 1, weight: 25 },
      { level: 'WARN', message: 'second', rolloutId: 'checkout-000012', step: 1, weight: 25 },
    ]);
  });

  it('writes metrics as a line of their own, in the embedded metric format, with what the log is about', () => {
    const log = keptLog().with({ rolloutId: 'checkout-000012' });
    log.metrics({ RolloutsRolledBack: 1 }, { atMs: 1_767_582_000_000, rollbackReason: 'alarm' });
    expect(lines()).toEqual([
      {
        rolloutId: 'checkout-000012',
        deployment: 'sluice-test',
        rollbackReason: 'alarm',
        RolloutsRolledBack: 1,
        _aws: {
          Timestamp: 1_767_582_000_000,
          CloudWatchMetrics: [
            {
              Namespace: 'Sluice',
              Dimensions: [['deployment'], ['deployment', 'rollbackReason']],
              Metrics: [{ Name: 'RolloutsRolledBack', Unit: 'Count' }],
            },
          ],
        },
      },
    ]);
  });

  it('writes metrics where its level keeps all lines but errors back', () => {
    const log = createLog({ logger: new Logger({ serviceName: 'sluice', logLevel: 'ERROR' }), writeLine: keep });
    log.info('unseen');
    log.metrics({ RolloutsStuck: 1 }, { atMs: 1 });
    expect(lines()).toMatchObject([{ RolloutsStuck: 1 }]);
  });

  it("writes an error's name, message and cause, and nothing else that it carries", () => {
    const log = keptLog();
    const cause = Object.assign(new Error('socket hang up'), { headers: { authorization: 'Bearer secret' } });
    log.error('failed', new ClusterUnavailableError('The API did not answer.', { remedy: 'Try again.', cause }));
    expect(lines()).toMatchObject([
      {
        level: 'ERROR',
        errorName: 'ClusterUnavailableError',
        errorMessage: 'The API did not answer. Try again.',
        errorCause: 'Error: socket hang up',
      },
    ]);
    expect(JSON.stringify(lines())).not.toContain('secret');
  });
});
