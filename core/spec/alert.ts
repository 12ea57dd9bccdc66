import * as z from 'zod/mini';
import { shorten } from '../shorten.ts';

/** One alert of Prometheus, as somebody pushed it. */
export interface AlertTold {
  readonly name: string;
  /** Alertmanager's, of all labels: the same each time that this alert is told. */
  readonly fingerprint: string;
  readonly state: 'ok' | 'alarm';
  /** Of which labels, and its summary. */
  readonly reason: string;
  /** Since when it fires, or has been resolved; undefined where the message does not say. */
  readonly sinceMs: number | undefined;
}

const texts = z.record(z.string(), z.string());

/**
 * One alert as Alertmanager's templates have it, in its webhook's JSON, in that of the template that Sluice ships
 * (examples/alertmanager/), and in that of the template in the guide of Amazon Managed Service for Prometheus.
 *
 * Source: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
 */
const alertJson = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: z.looseObject({ alertname: z.string().check(z.minLength(1)) }, { error: 'labels with an alertname' }),
  annotations: z.optional(z.nullable(texts)),
  startsAt: z.string(),
  endsAt: z.optional(z.string()),
  fingerprint: z.string().check(z.minLength(1)),
});

/** The alert, or what is wrong with it as a sentence. */
export function readAlert(json: unknown): AlertTold | string {
  const parsed = alertJson.safeParse(json);
  if (!parsed.success) {
    const what = parsed.error.issues.map(({ path, message }) => `${path.join('.') || 'it'}: ${message}`).join('; ');
    return `An alert has not the shape of Alertmanager's (${what}).`;
  }
  const { status, labels, annotations, startsAt, endsAt = '', fingerprint } = parsed.data;
  const { alertname: name, ...others } = labels;
  const sinceMs = parseTime(status === 'firing' ? startsAt : endsAt);
  if (status === 'firing' && sinceMs === undefined) return `The alert ${name} fires since ${JSON.stringify(startsAt)}, which is no time.`;
  const reason = describe(status, others, annotations?.['summary'] ?? annotations?.['description']);
  return { name, fingerprint, state: status === 'firing' ? 'alarm' : 'ok', reason, sinceMs };
}

/** Long enough for a person, short enough for an item of the store. */
const longestReason = 500;

/** @example describe('firing', { namespace: 'shop' }, 'Too many errors') // 'Firing for {namespace="shop"}: Too many errors' */
export function describe(status: 'firing' | 'resolved', labels: Readonly<Record<string, unknown>>, summary: string | undefined): string {
  const of = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const what = `${status === 'firing' ? 'Firing' : 'Resolved'}${of.length === 0 ? '' : ` for {${of.join(', ')}}`}`;
  const text = summary === undefined || summary === '' ? `${what}.` : `${what}: ${summary}`;
  return shorten(text, longestReason);
}

/** Go's own text of a time, which a template writes unless it is told a format: `2026-01-05 03:00:00.5 +0000 UTC`. */
const goTime = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) ([+-]\d\d)(\d\d)(?: \S+)?(?: m=\S+)?$/;
const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

/** Milliseconds since the Unix epoch. Undefined for what is no time, and for Go's zero time, the year 1, which means none. */
function parseTime(text: string): number | undefined {
  const go = goTime.exec(text);
  const plain = go === null ? text : `${go[1]}T${go[2]}${go[3]}:${go[4]}`;
  const atMs = rfc3339.test(plain) ? Date.parse(plain) : Number.NaN;
  return atMs > 0 ? atMs : undefined;
}
