import { describe, expect, it } from 'vitest';
import { ask, engineWith } from '../series.ts';

const nan = Number.NaN;
const minute = 60_000;
const engine = engineWith(10_000, {
  'gauge{i="1"}': [-2.5, 0.5, 4],
  'gauge{i="2"}': [1, nan, 3],
  'holes{i="1"}': [1, undefined, 5],
});

describe('functions over time', () => {
  it.each([
    ['avg_over_time(gauge{i="1"}[1m])', ['{i="1"} 0.6666666666666666']],
    ['sum_over_time(gauge{i="1"}[1m])', ['{i="1"} 2']],
    ['min_over_time(gauge{i="1"}[1m])', ['{i="1"} -2.5']],
    ['max_over_time(gauge{i="2"}[1m])', ['{i="2"} 3']],
    ['sum_over_time(gauge{i="2"}[1m])', ['{i="2"} NaN']],
    ['count_over_time(holes[1m])', ['{i="1"} 2']],
    ['last_over_time(gauge{i="1"}[1m])', ['{__name__="gauge", i="1"} 4']],
    ['avg_over_time(nothing[1m])', []],
  ])('%s', (query, answer) => {
    expect(ask(engine, query, 20_000)).toEqual(answer);
  });
});

describe('functions of numbers', () => {
  it.each([
    ['abs(vector(-2.5))', ['{} 2.5']],
    ['ceil(vector(-2.5))', ['{} -2']],
    ['floor(vector(-2.5))', ['{} -3']],
    ['round(vector(2.5))', ['{} 3']],
    ['round(vector(-2.5))', ['{} -2']],
    ['round(vector(0.37), 0.1)', ['{} 0.4']],
    ['round(vector(17), 5)', ['{} 15']],
    ['clamp(vector(7), 1, 5)', ['{} 5']],
    ['clamp(vector(7), 5, 1)', []],
    ['clamp(vector(NaN), 1, 5)', ['{} NaN']],
    ['clamp_min(vector(-7), 1)', ['{} 1']],
    ['clamp_max(vector(7), 1)', ['{} 1']],
    ['abs(gauge{i="1"})', ['{i="1"} 4']],
  ])('%s', (query, answer) => {
    expect(ask(engine, query, 20_000)).toEqual(answer);
  });
});

describe('scalar, vector, absent and time', () => {
  it.each([
    ['scalar(gauge{i="1"})', '4'],
    ['scalar(gauge)', 'NaN'],
    ['scalar(nothing)', 'NaN'],
    ['time()', '20'],
    ['vector(1)', ['{} 1']],
    ['absent(gauge)', []],
    ['absent(nothing)', ['{} 1']],
    ['absent(nothing{app="shop",pod=~"a.*"})', ['{app="shop"} 1']],
    ['absent(nothing{app="shop",app="till",i="1"})', ['{i="1"} 1']],
    ['absent(sum(nothing))', ['{} 1']],
    ['timestamp(holes)', ['{i="1"} 20']],
    ['timestamp((holes offset 5s))', ['{i="1"} 0']],
    ['timestamp(holes offset 5s + 0)', ['{i="1"} 20']],
    ['"text"', 'text'],
  ])('%s', (query, answer) => {
    expect(ask(engine, query, 20_000)).toEqual(answer);
  });
});

describe('sort and sort_desc', () => {
  const values = engineWith(minute, { 'x{i="1"}': [2], 'x{i="2"}': [nan], 'x{i="3"}': [-1], 'x{i="4"}': [5] });
  const order = (query: string) => values.instant(query, 0).result;

  it.each([
    ['sort(x)', ['3', '1', '4', '2']],
    ['sort_desc(x)', ['4', '1', '3', '2']],
  ])('%s puts NaN last', (query, expected) => {
    const result = order(query);
    expect(result.type === 'vector' && result.samples.map(({ labels }) => labels['i'])).toEqual(expected);
  });
});

describe('label_replace', () => {
  const hosts = engineWith(minute, { 'up{instance="shop-1:8080",pod="a"}': [1], 'up{instance="till:9090",pod="b"}': [0] });

  it.each([
    ['"host", "$1", "instance", "(.*):.*"', ['host="shop-1"', 'host="till"']],
    ['"host", "\u0024{1}!$$", "instance", "(shop).*"', ['host="shop!$"', 'instance="till:9090"']],
    ['"pod", "", "instance", ".*"', ['instance="shop-1:8080"}', 'instance="till:9090"}']],
    ['"host", "$1x", "instance", "(.*):.*"', ['instance="shop-1:8080", pod="a"}', 'instance="till:9090", pod="b"}']],
    ['"host", "none", "nothing", ""', ['host="none"', 'host="none"']],
    ['"host", "$1", "instance", "(shop)"', ['pod="a"}', 'pod="b"}']],
  ])('label_replace(up, %s)', (args, contained) => {
    const answers = ask(hosts, `label_replace(up, ${args})`, 0);
    for (const [index, part] of contained.entries()) expect(answers[index]).toContain(part);
  });

  it('refuses a regular expression that does not compile, and labels that become the same', () => {
    expect(() => ask(hosts, 'label_replace(up, "a", "b", "c", "(")', 0)).toThrow('invalid regular expression in label_replace(): (');
    expect(() => ask(hosts, 'label_replace(label_replace(up, "pod", "", "", ""), "instance", "", "", "")', 0)).toThrow('same labelset');
  });
});
