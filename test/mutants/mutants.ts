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
      tests: ['test/state-machines'],
    }),
  ),
);

export const mutants: readonly Mutant[] = [
  {
    name: "the fence's test in the patch",
    file: 'adapters/mesh/fence.ts',
    find: 'return text === value ? [test] : [test, {',
    replace: 'return text === value ? [] : [{',
    tests: ['test/adapters/mesh'],
  },
  {
    name: 'the tombstone',
    file: 'adapters/mesh/route-patch.ts',
    find: "operations: [...fence, ...rest], changed: rest.length > 0 || fence.some(({ op }) => op !== 'test')",
    replace: 'operations: rest.length > 0 ? [...fence, ...rest] : [], changed: rest.length > 0',
    tests: ['test/adapters/mesh'],
  },
  {
    name: 'the safe split',
    file: 'core/rollout/safe-split.ts',
    find: 'return ready[recorded] === 0 && (ready[other] ?? 0) > 0 ? other : recorded;',
    replace: "return other === recorded ? other : 'stable';",
    tests: ['test/core/rollout'],
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
    name: 'the autoscaler pin',
    file: 'functions/deploy-canary.ts',
    find: 'const pins = await pinAutoscaler(api, { ...names, ...owner, replicas: record.stableReplicas });',
    replace: 'const pins: Awaited<ReturnType<typeof pinAutoscaler>> = [];',
    tests: ['test/scenarios'],
  },
  {
    name: 'the return in steps',
    file: 'core/rollout/return-split.ts',
    find: 'return stable < beganWith - Math.max(1, Math.floor(beganWith * tolerance));',
    replace: 'return stable < 0;',
    tests: ['test/core/rollout'],
  },
  {
    name: 'that a step back is for the routes as they were read',
    file: 'runtime/acts/only-while-unchanged.ts',
    find: 'if (held && seen.get(keyOf(ref)) !== version) {',
    replace: 'if (held && version === seen) {',
    tests: ['test/runtime/acts/write-return.test.ts'],
  },
  ...catches,
];
