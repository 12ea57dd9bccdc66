import { describe, expect, it } from 'vitest';
import { changed, problemsIn, withRouter, withSteps } from './spec-text.ts';

const routers = {
  istio: '  kind: istio\n  routes:\n    - virtualService: checkout\n',
  tcp: '  kind: istio\n  routes:\n    - { virtualService: checkout, tcp: {} }\n',
  tls: '  kind: istio\n  routes:\n    - { virtualService: checkout, tls: {} }\n',
  mixed: '  kind: istio\n  routes:\n    - virtualService: checkout\n    - { virtualService: checkout, tcp: {} }\n',
  gatewayApi: '  kind: gatewayApi\n  routes:\n    - httpRoute: checkout\n',
  grpc: '  kind: gatewayApi\n  routes:\n    - grpcRoute: checkout\n',
  linkerd: '  kind: linkerd\n  routes:\n    - httpRoute: checkout\n',
  linkerdGrpc: '  kind: linkerd\n  routes:\n    - grpcRoute: checkout\n',
  consul: '  kind: consul\n  routes:\n    - serviceSplitter: checkout\n',
};
type Router = keyof typeof routers;
const all = Object.keys(routers) as Router[];

const match = (text: string) => (router: Router) => withRouter(`${routers[router]}  match:\n    - ${text}\n`);
const resilience = (text: string) => (router: Router) => withRouter(routers[router], `resilience: { ${text} }\n`);
const mirrored = withSteps('steps:\n  - { mirror: 10, bake: 1m }\n  - { weight: 100, bake: 1m }\n');

describe('lint refuses what the mesh cannot do', () => {
  const asks: [what: string, path: string, write: (router: Router) => string, able: readonly Router[], hint: string][] = [
    [
      'a match by header',
      'router.match[0].header',
      match('header: { name: x-beta, exact: a }'),
      ['istio', 'gatewayApi', 'grpc', 'linkerd', 'linkerdGrpc'],
      'istio (http), gatewayApi and linkerd can',
    ],
    [
      'a match by cookie',
      'router.match[0].cookie',
      match('cookie: { name: beta, exact: a }'),
      ['istio', 'gatewayApi', 'grpc', 'linkerd', 'linkerdGrpc'],
      'istio (http), gatewayApi and linkerd can',
    ],
    [
      'a match by query',
      'router.match[0].query',
      match('query: { name: beta, exact: a }'),
      ['istio', 'gatewayApi'],
      'istio (http) and gatewayApi (http) can',
    ],
    [
      'affinity',
      'router.affinity',
      (router) => withRouter(`${routers[router]}  affinity: { cookie: side }\n`),
      ['istio', 'gatewayApi', 'grpc'],
      'istio (http) and gatewayApi can',
    ],
    [
      'a mirror',
      'steps[0].mirror',
      (router) => withRouter(routers[router], '', mirrored),
      ['istio', 'gatewayApi', 'grpc'],
      'istio (http) and gatewayApi can',
    ],
    ['retries', 'resilience.retries', resilience('retries: { attempts: 2 }'), ['istio'], 'istio (http) can'],
    [
      'a timeout',
      'resilience.timeout',
      resilience('timeout: 5s'),
      ['istio', 'gatewayApi', 'linkerd'],
      'istio (http), gatewayApi (http) and linkerd (http) can',
    ],
    ['outlier detection', 'resilience.outlierDetection', resilience('outlierDetection: {}'), ['istio', 'tcp', 'tls', 'mixed'], 'istio can'],
  ];
  const cases = asks.flatMap(([found, path, write, able, hint]) =>
    all.map((router) => ({ found, path, text: write(router), router, may: able.includes(router), hint })),
  );

  it.each(cases)('$found, of $router: may be asked for is $may', ({ found, path, text, may, hint }) => {
    expect(problemsIn(text)).toMatchObject(may ? [] : [{ code: 'notSupported', path, found, hint }]);
  });

  it.each<[Router, string, string, string]>([
    ['gatewayApi', 'header: { name: a, prefix: b }', 'prefix', 'exact or regex: gatewayApi has no other'],
    ['linkerd', 'cookie: { name: a, prefix: b }', 'prefix', 'exact or regex: linkerd has no other'],
    ['linkerd', 'query: { name: a, exact: b }', 'a match by query', 'a match by header or cookie: linkerd has no other'],
    ['grpc', 'query: { name: a, prefix: b }', 'a match by query', 'a match by header or cookie: a GRPCRoute of gatewayApi has no other'],
    ['consul', 'header: { name: a, prefix: b }', 'a match by header', 'no match: consul has none'],
    ['mixed', 'header: { name: a, prefix: b }', 'a match by header', 'no match: a tcp route of istio has none'],
  ])('and says what there is instead, for %s: %s', (router, text, found, expected) => {
    expect(problemsIn(match(text)(router))).toMatchObject([{ code: 'notSupported', found, expected }]);
  });

  it('such as each match that does not go', () => {
    const matches = '    - header: { name: a, exact: b }\n    - query: { name: a, exact: b }\n    - query: { name: b, exact: b }\n';
    expect(problemsIn(withRouter(`${routers.linkerd}  match:\n${matches}`)).map(({ path }) => path)).toEqual([
      'router.match[1].query',
      'router.match[2].query',
    ]);
  });

  it.each(all)('a total other than 100: %s', (router) => {
    const total = problemsIn(changed('weight: 100', 'weight: 1000', withRouter(`${routers[router]}  totalWeight: 1000\n`)));
    expect(total).toMatchObject(
      router === 'consul'
        ? [{ code: 'notSupported', path: 'router.totalWeight', found: '1000', expected: '100: consul has no other' }]
        : [],
    );
  });

  it('nothing of a plain split, of any', () => {
    expect(all.flatMap((router) => problemsIn(withRouter(routers[router])))).toEqual([]);
  });
});

describe('routes', () => {
  const istio = (...routes: string[]) => withRouter(`  kind: istio\n  routes:\n${routes.map((route) => `    - ${route}\n`).join('')}`);
  const gateway = (...routes: string[]) =>
    withRouter(`  kind: gatewayApi\n  routes:\n${routes.map((route) => `    - ${route}\n`).join('')}`);

  it.each([
    ['two objects', istio('virtualService: a', 'virtualService: b'), 0],
    ['two rules of one object', istio('{ virtualService: a, http: x }', '{ virtualService: a, http: y }'), 0],
    ['one rule twice', istio('{ virtualService: a, http: x }', '{ virtualService: a, http: x }'), 1],
    ['a rule, and one left out, which could be the same', istio('{ virtualService: a, http: x }', 'virtualService: a'), 1],
    ['one left out, and a rule', istio('virtualService: a', '{ virtualService: a, http: x }'), 1],
    ['an http and a tcp route, neither named', istio('virtualService: a', '{ virtualService: a, tcp: {} }'), 0],
    ['two ports', istio('{ virtualService: a, tcp: { port: 1 } }', '{ virtualService: a, tcp: { port: 2 } }'), 0],
    ['one port twice', istio('{ virtualService: a, tcp: { port: 1 } }', '{ virtualService: a, tcp: { port: 1 } }'), 1],
    ['a port, and one left out', istio('{ virtualService: a, tcp: { port: 1 } }', '{ virtualService: a, tcp: {} }'), 1],
    ['one SNI host twice', istio('{ virtualService: a, tls: { sniHost: b.c } }', '{ virtualService: a, tls: { sniHost: b.c } }'), 1],
    ['an HTTPRoute and a GRPCRoute of one name', gateway('httpRoute: a', 'grpcRoute: a'), 0],
    ['two rules of one HTTPRoute', gateway('{ httpRoute: a, rule: x }', '{ httpRoute: a, rule: y }'), 0],
    ['two paths of one HTTPRoute', gateway('{ httpRoute: a, path: /x }', '{ httpRoute: a, path: /y }'), 0],
    ['one path twice', gateway('{ httpRoute: a, path: /x }', '{ httpRoute: a, path: /x }'), 1],
    ['one rule of a GRPCRoute twice', gateway('{ grpcRoute: a, rule: x }', '{ grpcRoute: a, rule: x }'), 1],
  ])('are unique: %s', (_, text, count) => {
    expect(problemsIn(text).map(({ code, path }) => [code, path])).toEqual(Array(count).fill(['duplicateRoute', 'router.routes[1]']));
  });

  it('of Consul are one', () => {
    const text = withRouter(`${routers.consul}    - serviceSplitter: cart\n    - serviceSplitter: cart\n`);
    expect(problemsIn(text)).toMatchObject([{ code: 'notSupported', path: 'router.routes[1]', found: '3 routes', expected: 'one route' }]);
  });

  it('are found by the name of the rule, or by its path', () => {
    expect(problemsIn(gateway('{ httpRoute: a, rule: x, path: /y }'))).toMatchObject([
      { code: 'rule', path: 'router.routes[0].path', found: '"/y"', expected: 'no path beside a rule' },
    ]);
  });
});
