import { type Case, caseName } from './cases.ts';

/** Cases that break a promise and are known to, until somebody mends what they show. */
export interface KnownCase {
  /** Of `caseName`: the base run, the edge and the fault. Every case that it fits must fail, so that the list can only shrink. */
  readonly fits: RegExp;
  readonly why: string;
}

export const knownCases: readonly KnownCase[] = [];

export function knownFor(one: Case): KnownCase | undefined {
  const name = caseName(one);
  return knownCases.find(({ fits }) => fits.test(name));
}
