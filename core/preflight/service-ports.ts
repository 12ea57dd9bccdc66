import type { Finding } from './finding.ts';
import { type DeclaredProtocol, declaredProtocol } from './istio-protocol.ts';
import type { PlainService, PodSpec, ServicePort } from './stable-objects.ts';

/**
 * Whether what a Service calls its pods' ports is there. With a name that no container has, the Service has endpoints without a port; that is
 * not certain here, since a webhook may add the container that has it.
 */
export function targetPortFindings({ spec }: PlainService, pods: PodSpec, subject: string): Finding[] {
  const ports = spec.ports ?? [];
  if (ports.length === 0) {
    return [
      {
        severity: 'refusal',
        subject,
        message: 'It has no port, so no route can lead to it.',
        remedy: 'Give it the port that the pods listen on.',
      },
    ];
  }
  const names = portNamesOf(pods);
  const unresolved = ports.flatMap(({ targetPort }) => (typeof targetPort === 'string' && !names.includes(targetPort) ? [targetPort] : []));
  if (unresolved.length === 0) return [];
  const others = names.length === 0 ? '' : `, or to one of: ${names.join(', ')}`;
  return [
    {
      severity: 'warning',
      subject,
      message: `No container of the pod template names the port ${unresolved.join(', ')} that it leads to.`,
      remedy: `Unless a container that is injected has it, set targetPort to the number of the port${others}.`,
    },
  ];
}

/** How a route of Istio treats what comes in, and whether it is met by its Service's own name, from within the mesh only. */
export interface IstioRouting {
  readonly protocol: 'http' | 'tcp' | 'tls';
  readonly meshOnly: boolean;
}

const fitting: Readonly<Record<IstioRouting['protocol'], readonly DeclaredProtocol[]>> = {
  http: ['http'],
  tcp: ['tcp', 'detected'],
  tls: ['tls', 'detected'],
};

/**
 * Whether Istio takes the Service's ports for what the routes are about. A sidecar applies http routes to ports that are HTTP, tcp routes to
 * opaque ones; a gateway goes by its own ports, so only a route of the mesh alone is certain to be passed over.
 * Source: https://istio.io/latest/docs/ops/configuration/traffic-management/protocol-selection/
 */
export function istioPortFindings({ spec }: PlainService, routings: readonly IstioRouting[], subject: string): Finding[] {
  const ports = spec.ports ?? [];
  const declared = ports.map(declaredProtocol);
  return routings.flatMap(({ protocol, meshOnly }): Finding[] => {
    if (ports.length === 0 || declared.some((each) => fitting[protocol].includes(each))) return [];
    if (declared.includes('detected')) return [detected(ports, subject)];
    const message = `Its ${nameOf(ports)} is not declared as ${protocol}, so sidecars pass over the ${protocol} routes that lead to it and split nothing.`;
    return [{ severity: meshOnly ? 'refusal' : 'warning', subject, message, remedy: declareAs(protocol, ports) }];
  });
}

function detected(ports: readonly ServicePort[], subject: string): Finding {
  return {
    severity: 'warning',
    subject,
    message: `Its ${nameOf(ports)} says no protocol, so Istio looks at each connection; one that it does not take for HTTP is plain TCP to it, and is not split by http routes.`,
    remedy: declareAs('http', ports),
  };
}

function declareAs(protocol: string, [first]: readonly ServicePort[]): string {
  const hint = protocol === 'http' ? ' (http2 or grpc for those), or begin its name with it: http-web' : '';
  return `Say it in the manifest${hint}.\nspec:\n  ports:\n    - port: ${first?.port ?? 80}\n      appProtocol: ${protocol}`;
}

/** @example `port 80 (web)` */
function nameOf(ports: readonly ServicePort[]): string {
  const [first] = ports;
  return ports.length === 1 && first !== undefined ? `port ${first.port}${first.name ? ` (${first.name})` : ''}` : 'ports';
}

function portNamesOf({ containers, initContainers }: PodSpec): string[] {
  const sidecars = (initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  return [...containers, ...sidecars].flatMap(({ ports }) => (ports ?? []).flatMap(({ name }) => name ?? []));
}
