import { describe, expect, it } from 'vitest';
import { historyEntry, lock, rolloutRecord } from '../../../core/rollout/record.ts';
import { rolloutSpec } from '../../../core/spec/rollout-spec.ts';
import documents from '../../data/upgrades/documents-v1.json' with { type: 'json' };

const shapes = { record: rolloutRecord, lock, historyEntry } as const;

/** The same with a field more in each object of it, as a newer version may have written it. */
function withMore(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withMore);
  if (typeof value !== 'object' || value === null) return value;
  const inner = Object.entries(value).map(([key, each]) => [key, key === 'split' || key === 'tallies' ? each : withMore(each)]);
  return { ...Object.fromEntries(inner), newField: { of: 'a newer version' } };
}

describe('the documents of rollouts that run while Sluice is upgraded', () => {
  it.each(Object.entries(shapes))('O6: a %s that version 1 has written is read as it stands', (name, shape) => {
    const golden = documents[name as keyof typeof shapes];
    expect(shape.parse(golden)).toEqual(golden);
  });

  it.each(Object.entries(shapes))('O6: a %s that a newer version has written is read, and nothing of it is lost', (name, shape) => {
    const golden = withMore(documents[name as keyof typeof shapes]);
    expect(shape.parse(golden)).toEqual(golden);
  });

  it.each(Object.entries(shapes))(
    'the golden %s has every field that version 1 knows; one that is added since is optional',
    (name, shape) => {
      const golden = documents[name as keyof typeof shapes];
      for (const field of Object.keys(golden)) expect(Object.keys(shape.shape)).toContain(field);
      const added = Object.entries(shape.shape).filter(([field]) => !(field in golden));
      for (const [field, schema] of added) expect(schema.safeParse(undefined).success, `${field} is optional`).toBe(true);
    },
  );

  it('O6: the spec that a rollout began with is read as it was then', () => {
    expect(rolloutSpec.safeParse(documents.record.spec).success).toBe(true);
  });
});
