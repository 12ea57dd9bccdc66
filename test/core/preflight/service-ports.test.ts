import { describe, expect, it } from 'vitest';
import { declaredProtocol } from '../../../core/preflight/istio-protocol.ts';
import { istioPortFindings, targetPortFindings } from '../../../core/preflight/service-ports.ts';

const subject = 'Service shop/checkout';
const service = (...ports: { name?: string; port: number; targetPort?: string | number; appProtocol?: string }[]) => ({
  metadata: { name: 'checkout' },
  spec: { ports },
});
const pods = { containers: [{ name: 'app', ports: [{ name: 'web', containerPort: 8080 }, { containerPort: 9090 }] }] };

describe('the port that a Service leads to', () => {
  it.each([
    ['a name that a container has', service({ port: 80, targetPort: 'web' })],
    ['a number that no container declares, since declaring tells nothing', service({ port: 80, targetPort: 7070 })],
    ['the port itself', service({ port: 8080 })],
  ])('may be %s', (_what, found) => {
    expect(targetPortFindings(found, pods, subject)).toEqual([]);
  });

  it('may be one of a sidecar that is written as an init container', () => {
    const sidecar = { ...pods, initContainers: [{ name: 'proxy', restartPolicy: 'Always', ports: [{ name: 'in', containerPort: 1 }] }] };
    expect(targetPortFindings(service({ port: 80, targetPort: 'in' }), sidecar, subject)).toEqual([]);
  });

  it('is warned about where no container has its name, with those that there are', () => {
    expect(targetPortFindings(service({ port: 80, targetPort: 'http' }, { port: 81, targetPort: 'web' }), pods, subject)).toEqual([
      {
        severity: 'warning',
        subject,
        message: 'No container of the pod template names the port http that it leads to.',
        remedy: 'Unless a container that is injected has it, set targetPort to the number of the port, or to one of: web.',
      },
    ]);
  });

  it('is asked for where no container names one', () => {
    const [found] = targetPortFindings(service({ port: 80, targetPort: 'web' }), { containers: [{ name: 'app' }] }, subject);
    expect(found?.remedy).toBe('Unless a container that is injected has it, set targetPort to the number of the port.');
  });

  it('is refused where there is none', () => {
    expect(targetPortFindings(service(), pods, subject)).toMatchObject([
      { severity: 'refusal', message: expect.stringContaining('no port') },
    ]);
  });
});

describe('what Istio takes a port for', () => {
  it.each([
    [{ name: 'http' }, 'http'],
    [{ name: 'http-web' }, 'http'],
    [{ name: 'HTTP2-api' }, 'http'],
    [{ name: 'grpc' }, 'http'],
    [{ name: 'grpc-web' }, 'http'],
    [{ name: 'web' }, 'detected'],
    [{ name: 'httpx' }, 'detected'],
    [{}, 'detected'],
    [{ name: 'tcp-raw' }, 'tcp'],
    [{ name: 'redis' }, 'tcp'],
    [{ name: 'https' }, 'tls'],
    [{ name: 'tls-in' }, 'tls'],
    [{ name: 'tcp', appProtocol: 'http' }, 'http'],
    [{ name: 'http', appProtocol: 'tcp' }, 'tcp'],
    [{ appProtocol: 'kubernetes.io/h2c' }, 'http'],
    [{ name: 'http', appProtocol: 'example.com/own' }, 'detected'],
  ] as const)('%j is %s', (port, protocol) => {
    expect(declaredProtocol(port)).toBe(protocol);
  });
});

describe('routes of Istio', () => {
  const http = { protocol: 'http', meshOnly: false } as const;

  it.each([
    ['http routes to a port that says http', { name: 'http', port: 80 }, 'http'],
    ['http routes to a port that says grpc', { appProtocol: 'grpc', port: 80 }, 'http'],
    ['tcp routes to a port that says tcp', { name: 'tcp', port: 80 }, 'tcp'],
    ['tcp routes to a port that says nothing', { port: 80 }, 'tcp'],
    ['tls routes to a port that says https', { name: 'https', port: 443 }, 'tls'],
  ] as const)('take %s', (_what, port, protocol) => {
    expect(istioPortFindings(service(port), [{ protocol, meshOnly: true }], subject)).toEqual([]);
  });

  it('are warned about where the port says nothing', () => {
    const [found, ...more] = istioPortFindings(service({ name: 'web', port: 80 }), [http], subject);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ severity: 'warning', message: expect.stringContaining('port 80 (web) says no protocol') });
    expect(found?.remedy).toContain('    - port: 80\n      appProtocol: http');
  });

  it.each([
    ['http', { name: 'tcp', port: 80 }],
    ['http', { name: 'https', port: 443 }],
    ['tcp', { name: 'http', port: 80 }],
    ['tls', { name: 'http', port: 80 }],
  ] as const)(
    'of %s to a port that says something else are refused within the mesh, and warned about behind a gateway',
    (protocol, port) => {
      const severities = [true, false].flatMap((meshOnly) => istioPortFindings(service(port), [{ protocol, meshOnly }], subject));
      expect(severities.map(({ severity }) => severity)).toEqual(['refusal', 'warning']);
      expect(severities[0]?.remedy).toContain(`appProtocol: ${protocol}`);
    },
  );

  it('are fine where one of several ports fits: which one they take is theirs to say', () => {
    expect(
      istioPortFindings(service({ name: 'http', port: 80 }, { name: 'tcp', port: 81 }), [{ ...http, meshOnly: true }], subject),
    ).toEqual([]);
  });
});
