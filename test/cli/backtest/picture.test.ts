import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pictureOfBacktest } from '../../../cli/backtest/picture.ts';
import type { RolloutSpecSource } from '../../../core/spec/rollout-spec.ts';
import { comparingSpec, recordFor, replayOf } from '../../backtest/record-for-tests.ts';
import { scrapedService } from '../../backtest/simulated-service.ts';
import { startMs } from '../../core/rollout/rollout-for-tests.ts';
import { placesOf, readSvg } from './read-svg.ts';

const forSeconds = 700;
const compared = comparingSpec({}, { metrics: ['successRate', { name: 'errors', query: 'vector(0.5)', max: 1, min: 0.1 }] });
const canaryFails = (share: number) =>
  scrapedService({
    seed: 5,
    fromMs: startMs,
    pastSeconds: 0,
    forSeconds,
    requestsPerSecond: 40,
    canaryPart: 0.2,
    failing: (side, after) => (side === 'canary' && after > 200 ? share : 0.01),
  });
const draw = async (share: number, spec = compared) =>
  pictureOfBacktest(replayOf(await recordFor(spec, canaryFails(share), forSeconds), spec));

/** The curve of a colour, as its places. */
function curve(svg: string, stroke: string, dashed = false) {
  const paths = readSvg(svg).elements.filter(({ name, attributes }) => {
    return name === 'path' && attributes['stroke'] === stroke && 'stroke-dasharray' in attributes === dashed;
  });
  return paths.map((path) => placesOf(path));
}

function expectInside(svg: string): void {
  const { elements } = readSvg(svg);
  const [, , width = 0, height = 0] = (elements[0]?.attributes['viewBox'] ?? '').split(' ').map(Number);
  expect(elements[0]?.name).toBe('svg');
  for (const element of elements) {
    for (const { x, y } of placesOf(element)) {
      expect(x >= 0 && x <= width && y >= 0 && y <= height, JSON.stringify([element, x, y])).toBe(true);
    }
  }
}

describe('the picture of a backtest', () => {
  it('is well-formed, lies within its frame, and is the same each time', async () => {
    const svg = await draw(0.2);
    expectInside(svg);
    expect(await draw(0.2)).toBe(svg);
  });

  it('names the rollout, its steps, its curves, and when it was decided', async () => {
    const { texts } = readSvg(await draw(0.2));
    for (const text of [
      'checkout',
      'weight 50',
      'successRate: share that failed',
      'successRate: evidence against the canary',
      'errors',
      'fails',
    ]) {
      expect(texts).toContain(text);
    }
    expect(texts.filter((text) => /^rolled back after \d:\d\d: analysis$/.test(text))).toHaveLength(2);
  });

  it('draws evidence up to the line at which it fails, where it does, and below it where it does not', async () => {
    const heights = async (share: number) => {
      const svg = await draw(share);
      const [, evidence = []] = curve(svg, '#58a6ff');
      const [line = []] = curve(svg, '#ff7b72', true).filter((path) => path[0]?.y === path[1]?.y);
      return { peak: Math.min(...evidence.map(({ y }) => y)), fails: line[0]?.y ?? 0 };
    };
    const [bad, good] = [await heights(0.2), await heights(0.01)];
    expect(bad.peak).toBeLessThanOrEqual(bad.fails);
    expect(good.peak).toBeGreaterThan(good.fails);
  });

  it('leaves a gap where nothing is to be drawn', async () => {
    const spec = comparingSpec({}, { metrics: ['successRate'] });
    const file = await recordFor(spec, canaryFails(0.01), forSeconds);
    const withoutCanary = { ...file, metrics: { successRate: { ...file.metrics['successRate'], canary: { all: none, bad: none } } } };
    const svg = pictureOfBacktest(replayOf(withoutCanary, spec));
    expectInside(svg);
    expect(curve(svg, '#58a6ff')).toEqual([[], []]);
  });

  it('holds whatever stands in the name of a metric', async () => {
    const file = await recordFor(compared, canaryFails(0.01), forSeconds);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), (name) => {
        const metrics: RolloutSpecSource['analysis']['metrics'] = [{ successRate: {}, name }];
        const spec = comparingSpec({}, { metrics });
        const replayed = replayOf({ ...file, metrics: { [name]: file.metrics['successRate'] } }, spec);
        expectInside(pictureOfBacktest(replayed));
      }),
      { numRuns: 20, examples: [['</text><script>alert(1)</script>'], ['a & "b"\u0000\uffff\ud800']] },
    );
  });
});

const none = { status: 'success', data: { resultType: 'matrix', result: [] } };
