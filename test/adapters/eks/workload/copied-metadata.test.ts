import { describe, expect, it } from 'vitest';
import { copyAnnotations, copyLabels, isTrackingLabel } from '../../../../adapters/eks/workload/copied-metadata.ts';

describe('copied metadata', () => {
  it.each([
    'argocd.argoproj.io/instance',
    'app.kubernetes.io/instance',
    'app.kubernetes.io/managed-by',
    'helm.sh/chart',
    'helm.toolkit.fluxcd.io/name',
    'kustomize.toolkit.fluxcd.io/namespace',
    'fleet.cattle.io/bundle-name',
  ])('leaves out the label %s', (name) => {
    expect(isTrackingLabel(name)).toBe(true);
  });

  it.each(['app', 'app.kubernetes.io/name', 'app.kubernetes.io/version', 'team', 'example.com/helm', 'helmet', 'notcattle.io/x'])(
    'takes the label %s over',
    (name) => {
      expect(isTrackingLabel(name)).toBe(false);
    },
  );

  it('says that Sluice manages the copy', () => {
    expect(copyLabels({ app: 'checkout', 'app.kubernetes.io/managed-by': 'Helm' })).toEqual({
      app: 'checkout',
      'app.kubernetes.io/managed-by': 'sluice',
    });
    expect(copyLabels(undefined)).toEqual({ 'app.kubernetes.io/managed-by': 'sluice' });
  });

  it('takes over only annotations that are known to speak of traffic or of scraping', () => {
    const annotations = {
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
      'deployment.kubernetes.io/revision': '12',
      'meta.helm.sh/release-name': 'checkout',
      'argocd.argoproj.io/tracking-id': 'checkout',
      'service.beta.kubernetes.io/aws-load-balancer-type': 'external',
      'external-dns.alpha.kubernetes.io/hostname': 'checkout.example',
      'networking.istio.io/exportTo': '.',
      'prometheus.io/scrape': 'true',
    };
    expect(copyAnnotations(annotations)).toEqual({ 'networking.istio.io/exportTo': '.', 'prometheus.io/scrape': 'true' });
    expect(copyAnnotations(undefined)).toEqual({});
  });
});
