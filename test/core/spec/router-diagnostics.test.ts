import { describe, expect, it } from 'vitest';
import { changed, problemsIn, withRouter } from './spec-text.ts';

const kinds = 'one of istio, gatewayApi, linkerd or consul';
const route = (kind: string, entry: string) => `  kind: ${kind}\n  routes:\n    - ${entry}\n`;

describe('P4: a router that does not hold', () => {
  it.each([
    [
      'an unknown kind',
      changed('kind: istio', 'kind: nginx'),
      { code: 'wrongValue', path: 'router.kind', found: '"nginx"', expected: kinds },
    ],
    [
      'a kind as another mesh spells it',
      changed('kind: istio', 'kind: gatewayapi'),
      { path: 'router.kind', hint: 'did you mean `gatewayApi`?' },
    ],
    ['no kind', changed('  kind: istio\n', ''), { code: 'missing', path: 'router.kind', found: 'nothing', expected: kinds }],
    ['a kind that is a list', changed('kind: istio', 'kind: [istio]'), { path: 'router.kind', found: 'a list', expected: kinds }],
    ['no mapping', 'router: istio\n', { code: 'wrongType', path: 'router', expected: expect.stringContaining('a router: its kind') }],
  ])('is told at its kind, with the kinds that there are: %s', (_, router, problem) => {
    const text = router.startsWith('router') ? withRouter('').replace('router:\n', router) : router;
    expect(problemsIn(text)).toMatchObject([problem]);
  });

  const routeKeys = 'one of httpRoute, rule, path or grpcRoute';
  it.each([
    [
      'istio',
      'httpRoute: checkout',
      {
        path: 'router.routes[0].httpRoute',
        expected: 'one of virtualService, http, tcp or tls',
        hint: '`httpRoute` belongs to the kind gatewayApi or linkerd',
      },
    ],
    [
      'gatewayApi',
      'virtualService: checkout',
      { path: 'router.routes[0].virtualService', expected: routeKeys, hint: '`virtualService` belongs to the kind istio' },
    ],
    [
      'linkerd',
      'serviceSplitter: checkout',
      { path: 'router.routes[0].serviceSplitter', expected: routeKeys, hint: '`serviceSplitter` belongs to the kind consul' },
    ],
    [
      'consul',
      'virtualService: checkout',
      { path: 'router.routes[0].virtualService', expected: 'one of serviceSplitter', hint: '`virtualService` belongs to the kind istio' },
    ],
    ['gatewayApi', '{ grpcRoute: checkout, path: /pay }', { path: 'router.routes[0].path', expected: 'one of grpcRoute or rule' }],
    [
      'gatewayApi',
      '{ httpRoute: checkout, pth: /pay }',
      { path: 'router.routes[0].pth', expected: 'one of httpRoute, rule or path', hint: 'did you mean `path`?' },
    ],
    [
      'gatewayApi',
      '{ httpRoute: checkout, grpcRoute: checkout }',
      { path: 'router.routes[0].grpcRoute', expected: 'one of httpRoute, rule or path' },
    ],
    ['gatewayApi', 'httpRout: checkout', { path: 'router.routes[0].httpRout', hint: 'did you mean `httpRoute`?' }],
    ['istio', '{ virtualService: checkout, tcp: { prt: 5432 } }', { path: 'router.routes[0].tcp.prt', hint: 'did you mean `port`?' }],
  ])('of kind %s knows the keys of that kind only: %s', (kind, entry, problem) => {
    expect(problemsIn(withRouter(route(kind, entry)))).toMatchObject([{ code: 'unknownKey', ...problem }]);
  });

  it.each([
    [
      'gatewayApi',
      'rule: main',
      { code: 'wrongType', path: 'router.routes[0]', found: 'a mapping', expected: expect.stringContaining('httpRoute or grpcRoute') },
    ],
    [
      'linkerd',
      'checkout',
      { code: 'wrongType', path: 'router.routes[0]', found: '"checkout"', expected: expect.stringContaining('httpRoute or grpcRoute') },
    ],
    ['gatewayApi', 'httpRoute: 5', { code: 'wrongType', path: 'router.routes[0].httpRoute', found: '5', hint: 'put it in quotes' }],
    ['gatewayApi', 'httpRoute: Checkout', { code: 'wrongFormat', path: 'router.routes[0].httpRoute' }],
    [
      'gatewayApi',
      '{ httpRoute: checkout, path: pay }',
      { code: 'wrongFormat', path: 'router.routes[0].path', expected: 'a path that begins with /' },
    ],
    [
      'istio',
      '{ virtualService: checkout, http: main, tcp: {} }',
      { code: 'rule', path: 'router.routes[0].http', expected: 'one of http, tcp and tls' },
    ],
    ['istio', '{ virtualService: checkout, tcp: { port: 0 } }', { code: 'outOfRange', path: 'router.routes[0].tcp.port' }],
  ])('of kind %s is told what else is wrong with a route, once: %s', (kind, entry, problem) => {
    expect(problemsIn(withRouter(route(kind, entry)))).toMatchObject([problem]);
  });

  it.each([
    ['gatewayApi', 'httpRoute: checkout', 'subsets: {}', { path: 'router.subsets', hint: '`subsets` belongs to the kind istio or consul' }],
    [
      'consul',
      'serviceSplitter: checkout',
      'subsets: { host: checkout }',
      { path: 'router.subsets.host', expected: 'one of stable or canary', hint: '`host` belongs to the kind istio' },
    ],
    [
      'istio',
      'virtualService: checkout',
      'subsets: {}',
      { code: 'missing', path: 'router.subsets.host', hint: expect.stringContaining('whose DestinationRule') },
    ],
    [
      'istio',
      'virtualService: checkout',
      'match: [{ heder: { name: x-beta, exact: "1" } }]',
      { path: 'router.match[0].heder', hint: 'did you mean `header`?' },
    ],
    [
      'istio',
      'virtualService: checkout',
      'match: [{}]',
      { code: 'rule', path: 'router.match[0].header', expected: 'one of header, cookie and query' },
    ],
    [
      'istio',
      'virtualService: checkout',
      'match: [{ header: { name: x-beta } }]',
      { code: 'rule', path: 'router.match[0].header.exact', expected: 'one of exact, prefix and regex' },
    ],
    [
      'istio',
      'virtualService: checkout',
      'match: [{ header: { name: "x beta", exact: a } }]',
      { code: 'wrongFormat', path: 'router.match[0].header.name' },
    ],
    ['istio', 'virtualService: checkout', 'affinity: { cokie: x }', { path: 'router.affinity.cokie', hint: 'did you mean `cookie`?' }],
    [
      'istio',
      'virtualService: checkout',
      'affinity: { cookie: x, maxAge: 1 }',
      { path: 'router.affinity.maxAge', hint: 'did you mean `1s` or `1m`?' },
    ],
  ])('of kind %s is told what is wrong beside its route %s: %s', (kind, entry, more, problem) => {
    expect(problemsIn(withRouter(`${route(kind, entry)}  ${more}\n`))).toMatchObject([problem]);
  });
});
