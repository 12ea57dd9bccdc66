/** A short spec, as a person would write it for a registry that is not the sandbox's. */
export function cliSpec(name = 'checkout'): string {
  const requests = 'istio_requests_total{destination_service_name="{{canary}}"';
  return `name: ${name}
cluster: shop-production
namespace: shop
workload:
  deployment: ${name}
  container: app
image:
  repository: registry.example.com/team/${name}
  tags: ["v*"]
router:
  kind: istio
  routes:
    - virtualService: shop
      http: ${name}
steps:
  - weight: 10
    bake: 10s
  - weight: 100
    bake: 10s
analysis:
  interval: 1s
  prometheus:
    url: http://prometheus.istio-system:9090
  metrics:
    - name: success rate
      query: 1 - (sum(rate(${requests},response_code=~"5.."}[10s])) or vector(0)) / sum(rate(${requests}}[10s]))
      min: 0.95
      failures: { consecutive: 3, total: 10 }
  alarms: [${name}-errors]
policies:
  noData: { hold: 20s }
deadlines: { ready: 60s, rollout: 10m, drain: 2s }
`;
}
