import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import { workspaceOf } from '../../../core/spec/prometheus-workspace.ts';
import { withAnalysis } from './spec-text.ts';

function problemsWith(url: string) {
  const parsed = parseSpec(
    withAnalysis(`analysis:\n  prometheus: { url: "${url}" }\n  metrics: [successRate]\n`),
    'rollouts/checkout.yaml',
  );
  return parsed.ok ? [] : parsed.problems;
}

const id = 'ws-1a2b3c4d-0000-1111-2222-333344445555';
const host = 'https://aps-workspaces.eu-west-1.amazonaws.com';

describe('a workspace of Amazon Managed Prometheus', () => {
  it.each([
    [`${host}/workspaces/${id}`, 'eu-west-1'],
    [`${host}/workspaces/${id}/`, 'eu-west-1'],
    [`https://aps-workspaces-fips.us-east-2.api.aws/workspaces/${id}`, 'us-east-2'],
    [`https://aps-workspaces.us-gov-west-1.amazonaws.com/workspaces/${id}`, 'us-gov-west-1'],
    [`https://aps-workspaces.cn-north-1.amazonaws.com.cn/workspaces/${id}`, 'cn-north-1'],
    [`https://vpce-0a1b2c-3d4e-eu-west-1a.aps-workspaces.eu-west-1.vpce.amazonaws.com/workspaces/${id}`, 'eu-west-1'],
  ])('is known by its address: %s', (url, region) => {
    expect(workspaceOf(url)).toEqual({ id, region });
    expect(problemsWith(url)).toEqual([]);
  });

  it.each([
    `http://aps-workspaces.eu-west-1.amazonaws.com/workspaces/${id}`,
    `https://aps-workspaces.eu-west-1.amazonaws.com.example.com/workspaces/${id}`,
    `https://xaps-workspaces.eu-west-1.amazonaws.com/workspaces/${id}`,
    `https://prometheus.example.com/workspaces/${id}`,
    `${host}/workspaces/${id}/api/v1`,
    `${host}/workspaces/..`,
    'no address',
  ])('is no other: %s', (url) => {
    expect(workspaceOf(url)).toBeUndefined();
  });

  it.each([
    [`${host}/workspaces/${id}/api/v1/query`, 'an address that ends in "/api/v1/query"', 'leave out /api/v1/query: Sluice puts it there'],
    [
      `${host}/workspaces/${id}/api/v1/remote_write`,
      'an address that ends in "/api/v1/remote_write"',
      'leave out /api/v1/remote_write: Sluice puts it there',
    ],
    [host, 'no workspace', `its console shows it: ${host}/workspaces/ws-…`],
    [`${host}/prometheus`, 'the path "/prometheus"', `its console shows it: ${host}/workspaces/ws-…`],
    [`http://aps-workspaces.eu-west-1.amazonaws.com/workspaces/${id}`, 'http', 'Amazon Managed Prometheus answers by https alone'],
    [
      `https://me:secret@aps-workspaces.eu-west-1.amazonaws.com/workspaces/${id}`,
      'a user or a password',
      'requests to Amazon Managed Prometheus are signed with the credentials of whoever asks: leave out user and password',
    ],
  ])('is refused where it could not be asked: %s', (url, found, hint) => {
    expect(problemsWith(url)).toMatchObject([{ code: 'rule', path: 'analysis.prometheus.url', found, hint, line: 19 }]);
  });
});

describe('any other Prometheus', () => {
  it.each([
    'http://prometheus:9090',
    'http://me:secret@thanos.example.com/prefix',
    'https://k8s/api/v1/namespaces/monitoring/services/p:9090/proxy',
  ])('may be anywhere: %s', (url) => {
    expect(problemsWith(url)).toEqual([]);
  });

  it('has no operation behind its address', () => {
    expect(problemsWith('http://prometheus:9090/api/v1/')).toMatchObject([{ found: 'an address that ends in "/api/v1/"' }]);
  });
});
