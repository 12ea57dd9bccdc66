import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type DemoReport, demoReport } from '../../cli/demo/report.ts';
import { pictureOfDemo } from '../../scripts/picture-of-demo.ts';

const docs = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const recorded = () => demoReport.parse(JSON.parse(docs('demo.json')));

/** The columns of the chart in one colour: their heights, from left to right. */
const heights = (svg: string, fill: string) =>
  [...svg.matchAll(/<rect x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)" fill="(#\w+)"/g)]
    .filter(([, y, , colour]) => colour === fill && Number(y) >= 150)
    .map(([, , height]) => Number(height));

describe('the picture of the demo', () => {
  it('is drawn from the recorded run that lies beside it', () => {
    expect(docs('demo.svg')).toBe(pictureOfDemo(recorded()));
  });

  it('shows a run that ended as its scenario states, by a rollback', () => {
    expect(recorded()).toMatchObject({
      outcome: 'asStated',
      speed: 1,
      scenarios: [{ rollouts: [{ phase: 'rolledBack', reason: 'alarm' }] }],
    });
  });

  it('draws the answers of each second in proportion', () => {
    const report = recorded();
    const [scenario] = report.scenarios;
    if (scenario === undefined) throw new Error('no scenario was recorded');
    const startMs = scenario.startedAtMs;
    const counts = (v2: number, v3: number, failed: number) => ({ v2: { served: v2, failed: 0 }, v3: { served: v3, failed } });
    const seconds = [counts(0, 0, 0), counts(40, 0, 0), counts(60, 10, 10)].map((requests, index) => ({
      atMs: startMs + index * 1000,
      requests,
    }));
    const svg = pictureOfDemo({ ...report, scenarios: [{ ...scenario, seconds }] } satisfies DemoReport);
    expect([heights(svg, '#57606a'), heights(svg, '#58a6ff'), heights(svg, '#ff7b72')]).toEqual([[146, 73], [36.5], [36.5]]);
  });

  it('escapes what it writes', () => {
    const report = recorded();
    const svg = pictureOfDemo({ ...report, scenarios: report.scenarios.map((scenario) => ({ ...scenario, title: 'A & <b>' })) });
    expect(svg).toContain('A &amp; &lt;b&gt;');
  });

  it('needs a rollout to show', () => {
    expect(() => pictureOfDemo({ ...recorded(), scenarios: [] })).toThrow('no scenario');
  });
});
