import { describe, expect, it } from 'vitest';
import { checkFunctions, kebabCase } from '../../state-machines/lint/check-functions.ts';
import { machineNames, readFunctionFiles, readMachine } from '../../state-machines/lint/read.ts';

const machines = machineNames.map(readMachine);
const files = readFunctionFiles();

describe('the functions', () => {
  it('are one for each Task and each door', () => {
    expect(checkFunctions(machines, files)).toEqual([]);
    expect(files.length).toBeGreaterThan(10);
  });

  it.each([
    ['set-weight', 'functions/set-weight.ts is missing; a Task or a door is named so'],
    ['sweep', 'functions/sweep.ts is missing; a Task or a door is named so'],
  ])('are not complete without %s', (missing, problem) => {
    const without = files.filter(({ name }) => name !== missing);
    expect(checkFunctions(machines, without)).toEqual([problem]);
  });

  it('are no more than that', () => {
    const more = [...files, { name: 'raise-weight', exportsHandler: true }];
    expect(checkFunctions(machines, more)).toEqual(['functions/raise-weight.ts serves no Task and is no door']);
  });

  it('export a handler each', () => {
    const changed = files.map((file) => (file.name === 'abort' ? { ...file, exportsHandler: false } : file));
    expect(checkFunctions(machines, changed)).toEqual(['functions/abort.ts exports no handler']);
  });

  it.each([
    ['Begin', 'begin'],
    ['SetWeight', 'set-weight'],
    ['FinishRollback', 'finish-rollback'],
  ])('of %s are in %s.ts', (state, name) => {
    expect(kebabCase(state)).toBe(name);
  });
});
