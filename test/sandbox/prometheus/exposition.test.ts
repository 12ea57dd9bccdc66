import { describe, expect, it } from 'vitest';
import { parseExposition } from '../../../sandbox/prometheus/exposition.ts';

/** The example of prometheus.io/docs/instrumenting/exposition_formats. */
const documented = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf",} 144320
`;

describe('parseExposition', () => {
  it('reads the documented example', () => {
    expect(parseExposition(documented)).toEqual({
      ok: true,
      samples: [
        { labels: { __name__: 'http_requests_total', method: 'post', code: '200' }, value: 1027, atMs: 1395066363000 },
        { labels: { __name__: 'http_requests_total', method: 'post', code: '400' }, value: 3, atMs: 1395066363000 },
        {
          labels: { __name__: 'msdos_file_access_time_seconds', path: 'C:\\DIR\\FILE.TXT', error: 'Cannot find file:\n"FILE.TXT"' },
          value: 1.458255915e9,
          atMs: undefined,
        },
        { labels: { __name__: 'metric_without_timestamp_and_labels' }, value: 12.47, atMs: undefined },
        { labels: { __name__: 'something_weird', problem: 'division by zero' }, value: Number.POSITIVE_INFINITY, atMs: -3982045 },
        { labels: { __name__: 'http_request_duration_seconds_bucket', le: '0.05' }, value: 24054, atMs: undefined },
        { labels: { __name__: 'http_request_duration_seconds_bucket', le: '+Inf' }, value: 144320, atMs: undefined },
      ],
    });
  });

  it.each([
    ['NaN', Number.NaN],
    ['nan', Number.NaN],
    ['-Inf', Number.NEGATIVE_INFINITY],
    ['Inf', Number.POSITIVE_INFINITY],
    ['1e-3', 0.001],
    ['-0.5', -0.5],
  ])('reads the value %s', (text, value) => {
    const parsed = parseExposition(`a ${text}\n`);
    expect(parsed.ok && parsed.samples[0]?.value).toBe(value);
  });

  it('takes spaces and tabs where the format allows them, and Windows line ends', () => {
    const parsed = parseExposition('  a { b = "c" , d="}" }\t 1\t2 \r\n\r\n');
    expect(parsed).toEqual({ ok: true, samples: [{ labels: { __name__: 'a', b: 'c', d: '}' }, value: 1, atMs: 2 }] });
  });

  it.each([
    ['no value', 'a', 1],
    ['a value that is none', '# fine\na 1x', 2],
    ['two timestamps', 'a 1 2 3', 1],
    ['a fraction of a timestamp', 'a 1 2.5', 1],
    ['a name that begins with a digit', '1a 1', 1],
    ['an unquoted label', 'a{b=c} 1', 1],
    ['an unterminated label', 'a{b="c} 1', 1],
    ['no comma between labels', 'a{b="c" d="e"} 1', 1],
    ['a label twice', 'a{b="c",b="d"} 1', 1],
    ['an unknown type', '# TYPE a number', 1],
    ['a page of HTML', '<html>', 1],
  ])('refuses %s, and names the line', (_, text, line) => {
    expect(parseExposition(text)).toMatchObject({ ok: false, line });
  });
});
