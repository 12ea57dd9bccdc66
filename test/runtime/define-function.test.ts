import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { FencedError } from '../../core/errors.ts';
import { defineFunction } from '../../runtime/define-function.ts';
import type { Deps } from '../../runtime/deps.ts';
import { createMemoryLog } from '../../sandbox/log.ts';

const input = z.looseObject({ rolloutId: z.string(), stepIndex: z.int(), weight: z.int() });
const payload = { rolloutId: 'checkout-000012', stepIndex: 1, weight: 25 };

function depsWith(log: ReturnType<typeof createMemoryLog>): Deps {
  return { log } as unknown as Deps;
}

describe('a function', () => {
  it("logs with the rollout's id, step and weight on every line, its own lines too", async () => {
    const log = createMemoryLog();
    const echo = defineFunction({
      name: 'Echo',
      input,
      uses: { log: () => log },
      run: async (event, deps) => {
        deps.log.info('at work');
        return event;
      },
    });
    await expect(echo.wiredWith(depsWith(log))(payload)).resolves.toEqual(payload);
    expect(log.lines.map(({ message }) => message)).toEqual(['at work', 'done']);
    for (const { fields } of log.lines)
      expect(fields).toMatchObject({ function: 'Echo', rolloutId: 'checkout-000012', step: 1, weight: 25 });
  });

  it('refuses an input of another shape before anything is done, and says what is wrong', async () => {
    let ran = false;
    const log = createMemoryLog();
    const never = defineFunction({
      name: 'Never',
      input,
      uses: { log: () => log },
      run: async () => {
        ran = true;
      },
    });
    await expect(never.wiredWith(depsWith(log))({ rolloutId: 7 })).rejects.toMatchObject({
      name: 'InvalidInputError',
      message: expect.stringContaining('rolloutId'),
    });
    expect(ran).toBe(false);
  });

  it('lets a named error through as it is, since Step Functions matches its name', async () => {
    const log = createMemoryLog();
    const fenced = new FencedError('Somebody took over.', { remedy: 'End.' });
    const fail = defineFunction({
      name: 'Fail',
      input,
      uses: { log: () => log },
      run: async () => {
        throw fenced;
      },
    });
    await expect(fail.wiredWith(depsWith(log))(payload)).rejects.toBe(fenced);
    expect(log.lines).toMatchObject([
      { level: 'error', message: 'failed', fields: { errorName: 'FencedError', rolloutId: 'checkout-000012' } },
    ]);
  });

  it('makes its ports on the first call, once, and not at import', async () => {
    let made = 0;
    const log = createMemoryLog();
    const lazy = defineFunction({
      name: 'Lazy',
      input,
      uses: {
        log: () => {
          made += 1;
          return log;
        },
      },
      run: async () => undefined,
    });
    expect(made).toBe(0);
    await lazy.handler(payload);
    await lazy.handler(payload);
    expect(made).toBe(1);
  });
});
