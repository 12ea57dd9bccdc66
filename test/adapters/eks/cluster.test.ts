import { EKSClient } from '@aws-sdk/client-eks';
import { HttpResponse } from '@smithy/protocol-http';
import { describe, expect, it } from 'vitest';
import { createClusterAccess } from '../../../adapters/eks/cluster.ts';
import type { TransportRequest } from '../../../adapters/eks/http.ts';
import { AwsUnavailableError, NotFoundError } from '../../../core/errors.ts';
import { VirtualClock } from '../../../sandbox/clock.ts';
import { authority } from './certificates.ts';

const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' });

/** The port on an EKS whose next answer is given, and a cluster that has nothing. */
function accessTo(status: number, body: unknown, errorType = '') {
  const requests: TransportRequest[] = [];
  const eks = new EKSClient({
    region: 'eu-west-1',
    credentials,
    maxAttempts: 1,
    requestHandler: {
      handle: async () => ({
        response: new HttpResponse({
          statusCode: status,
          headers: { 'content-type': 'application/json', ...(errorType === '' ? {} : { 'x-amzn-errortype': errorType }) },
          body: Buffer.from(JSON.stringify(body)),
        }),
      }),
    },
  });
  const access = createClusterAccess({
    eks,
    region: 'eu-west-1',
    credentials,
    clock: new VirtualClock(),
    transport: async (request) => {
      requests.push(request);
      return { status: 404, headers: {}, body: '' };
    },
  });
  return { access, requests };
}

const checkout = { apiVersion: 'apps/v1', resource: 'deployments', namespace: 'shop', name: 'checkout' };

describe('access to a cluster', () => {
  it('finds its endpoint, and its authority as PEM', async () => {
    const data = Buffer.from(authority).toString('base64');
    const { access } = accessTo(200, {
      cluster: { endpoint: 'https://ABC.gr7.eu-west-1.eks.amazonaws.com', certificateAuthority: { data } },
    });
    expect(await access.find('shop-production')).toEqual({
      name: 'shop-production',
      endpoint: 'https://ABC.gr7.eu-west-1.eks.amazonaws.com',
      certificateAuthority: authority,
    });
  });

  it('says where there is no such cluster', async () => {
    const { access } = accessTo(404, { message: 'No cluster found for name: nobody.' }, 'ResourceNotFoundException');
    await expect(access.find('nobody')).rejects.toThrow(NotFoundError);
  });

  it.each([
    ['EKS is down', 503, {}, 'ServiceUnavailableException'],
    ['the role may not ask', 403, {}, 'AccessDeniedException'],
    ['the cluster is being created', 200, { cluster: { name: 'shop-production', status: 'CREATING' } }, ''],
  ])('is unavailable where %s', async (_what, status, body, errorType) => {
    await expect(accessTo(status, body, errorType).access.find('shop-production')).rejects.toThrow(AwsUnavailableError);
  });

  it('opens an endpoint with tokens for the cluster of that name', async () => {
    const { access, requests } = accessTo(200, {});
    for (const name of ['shop-production', 'shop-staging', 'shop-production']) {
      await access.open({ name, endpoint: 'https://cluster.example', certificateAuthority: authority }).read(checkout);
    }
    const tokens = requests.map(({ headers }) => headers['authorization'] ?? '');
    expect(tokens[0]).toMatch(/^Bearer k8s-aws-v1\./);
    expect(tokens[1]).not.toBe(tokens[0]);
    expect(tokens[2]).toBe(tokens[0]);
  });
});
