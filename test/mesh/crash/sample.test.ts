import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Case, caseName } from '../../crash/cases.ts';
import { writeFaults } from '../../crash/faults.ts';
import { casesForMesh, sampleOf, takesMinutes } from './sample.ts';

describe('the sample of crashes for the mesh', () => {
  let cases: readonly Case[] = [];
  let sample: readonly Case[] = [];
  const distinct = (of: (one: Case) => string) => [...new Set(sample.map(of))];

  beforeAll(async () => {
    cases = await casesForMesh();
    sample = sampleOf(cases);
  }, 120_000);

  it('has more than 50 edges, each once, all of them known to the harness', () => {
    const known = readFileSync(new URL('../../crash/edges.txt', import.meta.url), 'utf8').split('\n');
    const names = distinct(({ edge }) => edge.name);
    expect(names.length).toBe(sample.length);
    expect(names.length).toBeGreaterThan(50);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('has every fault, and both ends of a rollout on each kind of route', () => {
    expect(distinct(({ fault }) => fault).toSorted()).toEqual([...writeFaults].toSorted());
    const ofRoutes = [
      'promoted',
      'promoted-by-an-http-route',
      'promoted-by-subsets',
      'alarm',
      'alarm-on-an-http-route',
      'alarm-on-subsets',
    ];
    expect(distinct(({ base }) => base.name)).toEqual(expect.arrayContaining(ofRoutes));
  });

  it('is spread over functions, kinds of effects and ports', () => {
    expect(distinct(({ edge }) => edge.act).length).toBeGreaterThanOrEqual(20);
    expect(distinct(({ edge }) => edge.kind).toSorted()).toEqual(['answer', 'read', 'write']);
    const ports = ['eventbridge', 'executions', 'kubernetes', 'lambda', 'store'];
    expect(distinct(({ edge }) => edge.port)).toEqual(expect.arrayContaining(ports));
  });

  it('begins with what takes minutes: few, and one that pauses a Lambda before it raises a weight', () => {
    const long = sample.filter(({ fault }) => takesMinutes(fault));
    expect(sample.slice(0, long.length)).toEqual(long);
    expect(long.length).toBeLessThanOrEqual(16);
    expect(long.some(({ edge, fault }) => edge.act === 'SetWeight' && edge.operation === 'patch' && fault === 'lateGoesOn')).toBe(true);
  });

  it('is the same each time', () => {
    expect(sampleOf(cases).map(caseName)).toEqual(sample.map(caseName));
  });
});
