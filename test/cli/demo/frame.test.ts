import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frame, fullSize } from '../../../cli/demo/frame.ts';
import { atHalf, stateAfter, undone } from './observed-events.ts';

const place = { number: 1, of: 2 };
const drawn = (events: Parameters<typeof stateAfter>[0]) =>
  `\n${frame(stateAfter(events), place, { width: 80, height: 24 }, false).join('\n')}\n`;

describe('the frame', () => {
  it('is there before anything runs', () => {
    expect(drawn([])).toMatchInlineSnapshot(`
      "
      Sluice  a-scenario                                                 1 of 2   0:00
      A version comes and goes

      checkout    v1   the sandbox starts
      step        

      weight set  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁     0
      measured    ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁     0
      over time   
                  

      verdicts    



      requests    
      bad answers none





      "
    `);
  });

  it('shows the set weight next to the measured share, the bake and the verdicts', () => {
    expect(drawn(atHalf)).toMatchInlineSnapshot(`
      "
      Sluice  a-scenario                                                 1 of 2   0:14
      A version comes and goes

      checkout    v1 → v2   progressing
      step        ● 10   ◉ 50   ○ 100     bake ▇▇▇▇▁▁▁▁▁▁ 4 of 10 s

      weight set  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁    50
      measured    ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁    50
      over time       
                  ▁▁██

      verdicts    pass         The canary has 2 ready.
                  pass         checkout-errors is not in alarm.


      requests    v1 5 served, 0 failed     v2 4 served, 0 failed     
      bad answers none

      0:11        The route gives v2 weight 10 of 100.
      0:13        The route gives v2 weight 50 of 100.
      0:14        pass: The canary has 2 ready.
      0:14        pass: checkout-errors is not in alarm.
      "
    `);
  });

  it('shows what was undone, why, and how long it took', () => {
    expect(drawn(undone)).toMatchInlineSnapshot(`
      "
      Sluice  a-scenario                                                 1 of 2   0:20
      A version comes and goes

      checkout    v1 → v2   rolledBack, reason alarm, v2 quarantined
      step        ● 10   ✕ 50   ○ 100   

      weight set  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁     0
      measured    ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁  none
      over time           
                  ▁▁████  

      verdicts    fail         checkout-errors is in alarm: Threshold Crossed.
                  pass         The canary has 2 ready.


      requests    v1 9 served, 0 failed     v2 4 served, 4 failed     
      bad answers for 2.10 s, and for 0.10 s after the alarm

      0:17        Rollback, reason alarm.
      0:19        v2 is quarantined: it is not rolled out again unless somebody force…
      0:19        Rolled back: stable has all the traffic, and the canary is removed.
      0:20        The outcome is as the scenario states.
      "
    `);
  });

  it('keeps its height and its width, whatever was seen and whatever the terminal', () => {
    const sizes = fc.record({ width: fc.integer({ min: 40, max: 100 }), height: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(fc.nat(undone.length), sizes, (count, size) => {
        const lines = frame(stateAfter(undone.slice(0, count)), place, size, false);
        expect(lines).toHaveLength(frame(stateAfter([]), place, size, false).length);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(size.width);
      }),
    );
  });

  it('says the same with colours', () => {
    const state = stateAfter(undone);
    const painted = frame(state, place, fullSize, true).join('\n');
    expect(painted).toContain('\u001b[31m');
    expect(
      painted
        .split('\u001b[')
        .map((part, index) => (index === 0 ? part : part.slice(part.indexOf('m') + 1)))
        .join(''),
    ).toBe(frame(state, place, fullSize, false).join('\n'));
  });
});
