import { describe, expect, it } from 'vitest';
import { History } from '../../../adapters/store/history.ts';
import { createMemoryStore } from '../../../adapters/store/memory.ts';
import type { HistoryEntry } from '../../../core/rollout/record.ts';
import { startMs } from '../../core/rollout/rollout-for-tests.ts';

const entry = (what: string, afterMs: number, change: Partial<HistoryEntry> = {}): HistoryEntry => ({
  atMs: startMs + afterMs,
  rolloutId: 'checkout-000001',
  what,
  phase: 'progressing',
  stepIndex: 0,
  weight: 10,
  reason: 'Weight 10 of 100.',
  ...change,
});

describe('P2: the history of a rollout', () => {
  it('is empty before anything was noted', async () => {
    expect(await new History(createMemoryStore()).list('checkout-000001')).toEqual([]);
  });

  it('comes oldest first, whatever the order in which it was noted, with numbers and actor', async () => {
    const history = new History(createMemoryStore());
    const full = entry('advanced', 20_000, {
      verdicts: [{ name: 'error rate', verdict: 'pass', reason: 'It is 0.', value: 0 }],
      actor: { kind: 'person', id: 'ada' },
    });
    await history.append(full);
    await history.append(entry('begun', 0));
    await history.append(entry('weightSet', 9_999));
    expect(await history.list('checkout-000001')).toEqual([entry('begun', 0), entry('weightSet', 9_999), full]);
  });

  it('holds one line where a Lambda notes the same twice, and two where different things happen at once', async () => {
    const history = new History(createMemoryStore());
    await history.append(entry('begun', 0));
    await history.append(entry('begun', 0));
    await history.append(entry('paused', 0));
    expect((await history.list('checkout-000001')).map(({ what }) => what)).toEqual(['begun', 'paused']);
  });

  it('does not mix with that of another rollout', async () => {
    const history = new History(createMemoryStore());
    await history.append(entry('begun', 0));
    await history.append(entry('begun', 0, { rolloutId: 'checkout-000010' }));
    expect(await history.list('checkout-000001')).toHaveLength(1);
  });

  it('takes times that are no whole milliseconds, as a scaled clock gives them', async () => {
    const history = new History(createMemoryStore());
    await history.append(entry('advanced', 10.25));
    await history.append(entry('begun', 2.75));
    expect((await history.list('checkout-000001')).map(({ what }) => what)).toEqual(['begun', 'advanced']);
  });
});
