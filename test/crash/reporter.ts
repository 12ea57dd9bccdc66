import type { Reporter, TestModule } from 'vitest/node';

/** What one test of the harness has played. */
export interface RunsNoted {
  readonly edges: readonly string[];
  readonly runs: number;
  readonly faults: number;
  readonly known: readonly string[];
}

declare module 'vitest' {
  interface TaskMeta {
    crash?: RunsNoted;
  }
}

/** Prints, behind the tests, how many edges met how many faults in how many runs, and what is known to be broken. */
export class CrashReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const noted = modules.flatMap(({ children }) => [...children.allTests()].flatMap((test) => test.meta().crash ?? []));
    const edges = new Set(noted.flatMap((each) => each.edges));
    const sum = (count: 'runs' | 'faults') => noted.reduce((total, each) => total + each[count], 0);
    const known = noted.flatMap((each) => each.known);
    console.log(`\n  ${edges.size} edges, ${sum('runs')} runs, ${sum('faults')} faults, ${known.length} known to break a promise`);
    for (const each of known) console.log(`    known: ${each}`);
  }
}
