/** One safeguard taken out of the code, and the tests that must notice. */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Must stand in the file exactly once, so that a mutant cannot rot unnoticed. */
  readonly find: string;
  readonly replace: string;
  readonly tests: readonly string[];
}

const tasks = {
  rollout: [
    'Begin',
    'TellRefusal',
    'DeployCanary',
    'AwaitReady',
    'SetWeight',
    'VerifyWeight',
    'RunAnalysis',
    'Decide',
    'PromoteStable',
    'AwaitStable',
    'ReturnTraffic',
    'RemoveCanary',
    'Finish',
    'Abort',
  ],
  rollback: [
    'RestoreTraffic',
    'VerifyTraffic',
    'RestoreStable',
    'AwaitStable',
    'ReturnTraffic',
    'RemoveCanary',
    'FinishRollback',
    'FailRollback',
  ],
} as const;

/** The Catch of one Task is deleted from the file; `find` names the state. */
const catches = Object.entries(tasks).flatMap(([machine, names]) =>
  names.map(
    (name): Mutant => ({
      name: `the Catch of ${name} in ${machine}`,
      file: `state-machines/${machine}.asl.json`,
      find: `"${name}": {`,
      replace: '',
      tests: ['test/state-machines/check-tasks.test.ts'],
    }),
  ),
);

/** What the model of test/model/ is built on: without any of them in the code, the handlers' effects are no longer those of the model. */
const ties = ['test/model/ties.test.ts'];

const fence = {
  name: 'the fence',
  file: 'adapters/mesh/fence.ts',
  find: 'return text === value ? [test] : [...asRead, test, {',
  replace: 'return text === value ? [] : [...asRead, {',
  tests: ['test/adapters/mesh/fence.test.ts'],
} as const;

const tombstone = {
  name: 'the tombstone',
  file: 'adapters/mesh/route-patch.ts',
  find: "operations: [...fence, ...rest], changed: rest.length > 0 || fence.some(({ op }) => op !== 'test')",
  replace: 'operations: rest.length > 0 ? [...fence, ...rest] : [], changed: rest.length > 0',
  tests: ['test/adapters/mesh/istio/door.test.ts'],
} as const;

const safeSplit = {
  name: 'the safe split',
  file: 'core/rollout/safe-split.ts',
  find: 'return ready[recorded] === 0 && (ready[other] ?? 0) > 0 ? other : recorded;',
  replace: "return other === recorded ? other : 'stable';",
  tests: ['test/core/rollout/safe-split.test.ts'],
} as const;

export const mutants: readonly Mutant[] = [
  fence,
  tombstone,
  safeSplit,
  ...[fence, tombstone, safeSplit].map((mutant) => ({ ...mutant, name: `${mutant.name}, as the model's ties see it`, tests: ties })),
  {
    name: 'the lease',
    file: 'runtime/acts/sweep/sweep-rollout.ts',
    find: 'const overdue = deps.clock.now() > lock.leaseUntilMs;',
    replace: 'const overdue = lock.leaseUntilMs < 0;',
    tests: ['test/functions/sweep.test.ts'],
  },
  {
    name: 'the sweep',
    file: 'functions/sweep.ts',
    find: 'const rollouts = await sweepRollouts(deps, locks);',
    replace: 'const rollouts: Awaited<ReturnType<typeof sweepRollouts>> = [];',
    tests: ['test/functions/sweep.test.ts'],
  },
  {
    name: 'the pin',
    file: 'functions/deploy-canary.ts',
    find: 'const pins = await pinAutoscaler(api, { ...names, ...owner, replicas: record.stableReplicas });',
    replace: 'const pins: Awaited<ReturnType<typeof pinAutoscaler>> = [];',
    tests: ['test/functions/deploy-canary.test.ts'],
  },
  {
    name: 'the quarantine',
    file: 'runtime/acts/take-turn.ts',
    find: 'if (quarantined !== undefined && start.force === undefined) {',
    replace: 'if (quarantined !== undefined && start.force !== start.force) {',
    tests: ['test/runtime/acts/take-turn.test.ts'],
  },
  {
    name: 'that a rollback quarantines its image',
    file: 'functions/finish-rollback.ts',
    find: 'const quarantineWhy = !promoted && quarantining.includes(reason) ?',
    replace: 'const quarantineWhy = promoted && quarantining.includes(reason) ?',
    tests: ['test/functions/finish-rollback.test.ts'],
  },
  {
    name: 'the read-back',
    file: 'adapters/mesh/route-router.ts',
    find: 'if (other === undefined) return readings;',
    replace: 'if (other === undefined || readings.length >= 0) return readings;',
    tests: ['test/adapters/mesh'],
  },
  {
    name: 'the no-data rule',
    file: 'core/analysis/judge-metric.ts',
    find: "if (measurement.status === 'noData') {\n    return { verdict: { name, verdict: 'inconclusive',",
    replace: "if (measurement.status === 'noData') {\n    return { verdict: { name, verdict: 'pass',",
    tests: ['test/core/analysis'],
  },
  {
    name: 'the explicit 0 weight',
    file: 'adapters/mesh/istio/apply-split.ts',
    find: ': { ...entry, weight: split.canary },',
    replace: ': { ...entry, ...(split.canary === 0 ? { weight: undefined } : { weight: split.canary }) },',
    tests: ['test/adapters/mesh'],
  },
  {
    name: 'that a promotion raises the fence before it writes stable',
    file: 'runtime/acts/open-ending.ts',
    find: ': { fence: fence + 1, promotionFence: fence };',
    replace: ': { fence };',
    tests: ['test/functions/promote-stable.test.ts'],
  },
  {
    name: 'that a promotion brings the routes under the fence that it raised',
    file: 'functions/promote-stable.ts',
    find: 'await holdRoutes(deps, promoting);',
    replace: '',
    tests: ['test/functions/promote-stable.test.ts'],
  },
  {
    name: 'the return in steps',
    file: 'core/rollout/return-split.ts',
    find: 'return stable < beganWith - Math.max(1, Math.floor(beganWith * tolerance));',
    replace: 'return stable < 0;',
    tests: ['test/core/rollout'],
  },
  {
    name: 'that a step back never raises a weight',
    file: 'runtime/acts/write-return.ts',
    find: "role: 'door', lowerOnly: true",
    replace: "role: 'door', lowerOnly: false",
    tests: ['test/runtime/acts/write-return.test.ts'],
  },
  {
    name: 'that a late door leaves on a ready stable what is there',
    file: 'runtime/acts/write-canary.ts',
    find: 'const lowerOnly = split.canary <= present;',
    replace: 'const lowerOnly = split.canary < present;',
    tests: ['test/runtime/acts/write-canary.test.ts'],
  },
  {
    name: 'that what is never raised is judged with the patch',
    file: 'adapters/mesh/lower-only.ts',
    find: 'if (present === undefined || present.canary >= split.canary) continue;',
    replace: 'if (present === undefined || present.canary >= 0) continue;',
    tests: ['test/runtime/acts/write-canary.test.ts'],
  },
  {
    name: 'that a late door gives way to a rollback that has gone on',
    file: 'adapters/store/rollouts.ts',
    find: 'if (!anew && own !== undefined && held.lock.fence !== own) return undefined;',
    replace: 'if (!anew && own !== undefined && held.lock.fence === atLeast - 1) return undefined;',
    tests: ['test/adapters/store/rollouts.test.ts'],
  },
  {
    name: 'that an edit is put right only by the owner',
    file: 'runtime/acts/while-owned.ts',
    find: 'await assertOwned();',
    replace: 'void assertOwned;',
    tests: ['test/functions/set-weight.test.ts'],
  },
  {
    name: 'that a rollback which waits for pods asks for them again',
    file: 'functions/restore-stable.ts',
    find: 'return error instanceof ClusterUnavailableError || error instanceof WriteConflictError;',
    replace: 'return false;',
    tests: ['test/functions/restore-stable.test.ts'],
  },
  {
    name: 'that what AWS repeats of a request is told without its credentials',
    file: 'adapters/aws/json-api.ts',
    find: 'const message = withoutCredentials(',
    replace: 'const message = String(',
    tests: ['test/adapters/repeated-credentials.test.ts'],
  },
  {
    name: 'that stable replaces a few pods at a time',
    file: 'core/preflight/replacement.ts',
    find: "if (type === 'Recreate') return",
    replace: "if (type === 'recreate') return",
    tests: ['test/core/preflight/replacement.test.ts'],
  },
  {
    name: 'that no weight is raised before a mesh that was cut off can know the pods',
    file: 'runtime/acts/until-ready.ts',
    find: 'if (ready && knownInSeconds <= 0)',
    replace: 'if (ready)',
    tests: ['test/functions/make-before-break.test.ts'],
  },
  ...catches,
];
