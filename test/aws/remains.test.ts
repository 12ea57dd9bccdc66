import { describe, expect, it } from 'vitest';
import { NotFoundError } from '../../core/errors.ts';
import { formatLeft, type Remain, Remains } from './remains.ts';

describe('what a run has made', () => {
  it('is left where it has to outlive something that could not be removed', async () => {
    const removed: string[] = [];
    const stack: Remain = {
      what: 'the stack',
      byHand: ['delete-stack'],
      remove: async () => {
        throw new NotFoundError('A rollout is under way.', { remedy: 'Abort it.' });
      },
    };
    const remove = (what: string) => async () => void removed.push(what);
    const remains = new Remains();
    remains.add({ what: 'the tags', byHand: ['untag'], remove: remove('the tags') });
    remains.add({ what: 'the table', byHand: ['delete-table'], after: [stack], remove: remove('the table') });
    remains.add(stack);
    await remains.removeAll(() => undefined, new AbortController().signal);
    expect(removed).toEqual(['the tags']);
    expect(formatLeft(remains.left)).toBe(
      [
        '  # the stack: A rollout is under way. Abort it.',
        '  delete-stack',
        '  # the table: it is left while there is the stack',
        '  delete-table',
      ].join('\n'),
    );
  });
});
