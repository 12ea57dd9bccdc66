import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Chart, drawChart } from './chart.ts';

const chart: Chart = {
  title: 'Bad answers',
  under: 'of 5 rollouts',
  x: { title: 'requests', kind: 'log', from: 1, to: 1000, marks: [{ at: 1, label: '1' }] },
  y: { title: 'times', kind: 'linear', from: 0, to: 4, marks: [{ at: 4, label: '4' }] },
  series: [
    {
      name: 'Sluice',
      color: 'blue',
      joined: true,
      points: [
        { x: 1, y: 0 },
        { x: 1000, y: 4, most: 9 },
      ],
    },
  ],
  limit: { y: 2, label: 'target' },
};

/** What is wrong with a text as XML, as far as a picture of ours may be wrong: tags that are not closed, attributes without quotes, bare signs. */
function faultOf(xml: string): string | undefined {
  const open: string[] = [];
  const rest = xml.replaceAll(
    /<(\/?)([a-z]+)((?: [a-zA-Z-]+="[^"<]*")*)(\/?)>/g,
    (_, closes: string, name: string, _attributes, empty: string) => {
      if (closes === '') open.push(name);
      if ((closes !== '' || empty !== '') && open.pop() !== name) open.push(`${name} that was not open`);
      return '';
    },
  );
  const bare = /[<>]|&(?!amp;|lt;|gt;)/.exec(rest)?.[0];
  return bare === undefined ? open.at(0) : `a bare ${bare}`;
}

const circles = (svg: string) => [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)" r="4"/g)].map(([, x, y]) => [Number(x), Number(y)]);

describe('a chart', () => {
  it('stands at its values, from the lower left to the upper right', () => {
    expect(circles(drawChart(chart))).toEqual([
      [70, 380],
      [640, 100],
    ]);
  });

  it('draws at its end what lies beyond a scale, and leaves out what is no number', () => {
    const points = [
      { x: 0.01, y: -3 },
      { x: 10, y: Number.NaN },
      { x: Number.NaN, y: 2 },
      { x: 1e9, y: 50 },
    ];
    expect(circles(drawChart({ ...chart, series: [{ name: '', color: 'red', joined: true, points }] }))).toEqual([
      [70, 380],
      [640, 100],
    ]);
  });

  it('is the same for the same values, and well-formed whatever they are', () => {
    const number = fc.double({ min: -1e9, max: 1e9, noNaN: false });
    const point = fc.record({ x: number, y: number }, { requiredKeys: ['x', 'y'] });
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.array(point, { maxLength: 5 }), fc.boolean(), (title, name, points, joined) => {
        const drawn: Chart = { ...chart, title, series: [{ name, color: 'green', joined, points }], limit: { y: 1, label: name } };
        const svg = drawChart(drawn);
        expect(faultOf(svg)).toBeUndefined();
        expect(svg.replaceAll(/>[^<]*</g, '><')).not.toContain('NaN');
        expect(drawChart(drawn)).toBe(svg);
      }),
      { numRuns: 200 },
    );
  });

  it('would be found to be malformed', () => {
    expect(faultOf('<svg><g></svg>')).toBeDefined();
    expect(faultOf('<svg><title>a & b</title></svg>')).toBe('a bare &');
    expect(faultOf('<svg width=3></svg>')).toBe('a bare <');
  });
});
