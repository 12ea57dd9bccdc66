import { describe, expect, it } from 'vitest';
import { rbacManifests, rootNamespaceManifests } from '../../stacks/cluster-access/rbac.ts';
import { functionSetups } from '../../stacks/functions.ts';
import { callText, refusedBy, ruleTexts, withRules } from './cluster-rules.ts';
import { deploy, functionNamed, prefix } from './deployed.ts';
import { everyErrand } from './errands.ts';
import { covers } from './iam.ts';
import { notAllowed } from './ledger.ts';
import { recordErrands } from './record.ts';
import { reviewedFor, type Variant } from './reviewed.ts';
import { tableEntries, tableRoles } from './table-roles.ts';
import { permissionText, type TemplatePermission } from './template.ts';

const keyArn = 'arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555';
const vpc = { vpcId: 'vpc-0a1b2c3d4e5f60718', subnetIds: ['subnet-0a1b2c3d4e5f60718'], securityGroupIds: ['sg-0a1b2c3d4e5f60718'] };

const variants = [
  { name: 'as it is', deployed: await deploy({}), vpc: false, keyArn: undefined },
  { name: 'in a VPC and with a key of its own', deployed: await deploy({ vpc, kmsKeyArn: keyArn }), vpc: true, keyArn },
] as const;
const [{ deployed: plain }] = variants;

const roleIn = { shop: rbacManifests(['shop']), 'istio-system': rootNamespaceManifests() };
const manifests = Object.values(roleIn).flat();

const { ledger, troubles } = await recordErrands({ prefix, roles: plain.roles, manifests, withEntry: plain.withEntry });

const seen = new Map<string, boolean>();

/** Whether a function was seen to use a permission. */
function isUsed(permission: TemplatePermission): boolean {
  const { who, effect, action, resource, condition } = permission;
  const name = functionNamed(who);
  if (name === undefined || effect !== 'Allow' || condition !== '') return false;
  const text = permissionText(permission);
  const found = seen.get(text) ?? ledger.aws.some((call) => call.function === name && covers({ action, resource }, call));
  seen.set(text, found);
  return found;
}

/** What the template has beyond what was used and what was reviewed, and what was reviewed and is not there. */
function compare(permissions: readonly TemplatePermission[], variant: Variant): { unused: string[]; missing: string[] } {
  const unseen = new Set(permissions.filter((permission) => !isUsed(permission)).map(permissionText));
  const reviewed = new Set(reviewedFor(variant).map(permissionText));
  return { unused: [...unseen].filter((text) => !reviewed.has(text)), missing: [...reviewed].filter((text) => !unseen.has(text)) };
}

describe('the role of each function', () => {
  it.each(everyErrand.map(({ name }) => name))('lets it do what it does: %s', (name) => {
    expect(troubles.get(name)).toEqual([]);
  });

  it.each(variants)('$name, lets it do nothing that it is not seen doing, but for what was reviewed', ({ deployed, ...variant }) => {
    expect(compare(deployed.permissions, variant)).toEqual({ unused: [], missing: [] });
  });

  it.each(variants)('$name, is all that was seen in use', ({ deployed }) => {
    expect(notAllowed(ledger.aws, deployed.roles)).toEqual([]);
  });

  it.each(functionSetups.map(({ name }) => name))('is what stacks/functions.ts says of %s, and what was reviewed', (name) => {
    const seen = (plain.roles.get(name) ?? []).filter((grant) => ledger.aws.some((call) => call.function === name && covers(grant, call)));
    expect(new Set(seen)).toEqual(new Set(tableRoles.get(name)));
  });

  it('has an access entry to the cluster exactly where the function speaks to it', () => {
    const speaks = [...new Set(ledger.cluster.map((call) => call.function))];
    expect([...plain.withEntry].toSorted()).toEqual(speaks.toSorted());
    expect([...tableEntries].toSorted()).toEqual(speaks.toSorted());
  });
});

it('what is asked of the cluster is asked in the namespace of the service and in the root namespace of the mesh', () => {
  expect([...new Set(ledger.cluster.map(({ namespace }) => namespace))].toSorted()).toEqual(Object.keys(roleIn).toSorted());
});

describe.each(Object.entries(roleIn))('the Role in the namespace %s', (inNamespace, manifests) => {
  const calls = ledger.cluster.filter(({ namespace }) => namespace === inNamespace);
  const asked = [...new Set(calls.map(callText))];

  it('lists the verbs and kinds that the functions use, all of them and no others', () => {
    expect(ruleTexts(manifests).toSorted()).toEqual(asked.toSorted());
  });

  it('names every verb, group and kind, and no Secret', () => {
    expect(ruleTexts(manifests).filter((text) => /\*|secrets/.test(text))).toEqual([]);
  });

  it.each(asked)('without one of its verbs refuses what was asked: %s', (text) => {
    const [verb = '', path = ''] = text.split(' ');
    const [group, resource] = path.includes('/') ? path.split('/') : ['', path];
    const less = withRules(manifests, (rules) =>
      rules.flatMap((rule) => {
        if (!rule.apiGroups.includes(group ?? '') || !rule.resources.includes(resource ?? '')) return [rule];
        const others = rule.resources.filter((each) => each !== resource);
        const meant = { ...rule, resources: [resource ?? ''], verbs: rule.verbs.filter((each) => each !== verb) };
        return others.length === 0 ? [meant] : [meant, { ...rule, resources: others }];
      }),
    );
    expect(refusedBy(less, calls)).toEqual([text]);
  });

  it.each([
    ['update', 'apps', 'deployments'],
    ['patch', 'apps', 'deployments/scale'],
    ['deletecollection', '', 'pods'],
    ['get', '', 'secrets'],
  ])('with a verb more is told from what was asked: %s %s %s', (verb, group, resource) => {
    const more = withRules(manifests, (rules) => [...rules, { apiGroups: [group], resources: [resource], verbs: [verb] }]);
    expect(ruleTexts(more).filter((text) => !asked.includes(text))).toEqual([`${verb} ${group === '' ? '' : `${group}/`}${resource}`]);
  });
});

describe('a statement less or more', () => {
  const used = [...plain.roles].flatMap(([name, grants]) =>
    grants.filter((grant) => ledger.aws.some((call) => call.function === name && covers(grant, call))).map((grant) => ({ name, ...grant })),
  );

  it.each(used)('is noticed: $name without $action on $resource', ({ name, action, resource }) => {
    const without = (plain.roles.get(name) ?? []).filter((grant) => grant.action !== action || grant.resource !== resource);
    const found = notAllowed(ledger.aws, new Map(plain.roles).set(name, without));
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((text) => !text.startsWith(`${name} does ${action} on `))).toEqual([]);
  });

  it.each(variants)('is noticed of what was reviewed, $name', ({ deployed, ...variant }) => {
    const unnoticed = reviewedFor(variant).filter((row) => {
      const less = deployed.permissions.filter((permission) => permissionText(permission) !== permissionText(row));
      return compare(less, variant).missing.length === 0;
    });
    expect(unnoticed).toEqual([]);
  });

  it.each([...plain.roles.keys()])('is noticed: %s with an action that it never does', (name) => {
    const file = functionSetups.find((setup) => setup.name === name)?.file;
    const more = { who: `${prefix}-${file}`, effect: 'Allow', action: 'dynamodb:Scan', resource: '*', condition: '' } as const;
    expect(compare([...plain.permissions, more], { vpc: false, keyArn: undefined }).unused).toEqual([permissionText(more)]);
  });
});

describe('all of the template', () => {
  /** AWS grants these for everything or not at all: https://docs.aws.amazon.com/service-authorization/latest/reference/ */
  const unbounded =
    /^(cloudwatch:(DescribeAlarms|GetMetricData|ListMetrics)|ec2:\w+NetworkInterfaces?|ec2:DescribeSubnets|ec2:(A|Una)ssignPrivateIpAddresses|logs:\w+(Delivery|Deliveries|ResourcePolicy|ResourcePolicies|LogGroups)|xray:\w+)$/;

  it.each(variants)('$name, allows no action by a wildcard, and nothing on everything but where AWS has it so', ({ deployed }) => {
    const allowed = deployed.permissions.filter(({ effect }) => effect === 'Allow');
    const wide = allowed.filter(({ action, resource }) => action.includes('*') || (resource === '*' && !unbounded.test(action)));
    expect(wide.map(permissionText)).toEqual([]);
  });
});
