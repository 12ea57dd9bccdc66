import * as z from 'zod/mini';
import { ClusterUnavailableError } from '../../core/errors.ts';
import { isNestedDeeper } from '../../core/nesting.ts';
import type { KubernetesObject } from '../../core/ports.ts';
import { shorten } from '../../core/shorten.ts';

const texts = z.record(z.string(), z.string());

const metadata = z.looseObject({
  name: z.string().check(z.minLength(1)),
  namespace: z.exactOptional(z.string()),
  uid: z.exactOptional(z.string()),
  resourceVersion: z.exactOptional(z.string()),
  generation: z.exactOptional(z.number()),
  labels: z.exactOptional(texts),
  annotations: z.exactOptional(texts),
});

const object = z.looseObject({ apiVersion: z.string(), kind: z.string(), metadata });

const page = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ continue: z.optional(z.string()) }),
  items: z.nullable(z.array(z.looseObject({ metadata }))),
});

const status = z.looseObject({ message: z.string() });

export interface ListPage {
  readonly items: readonly KubernetesObject[];
  /** Empty on the last page. */
  readonly continueToken: string;
}

export function parseObject(body: string): KubernetesObject {
  return parsed(object, body, 'object');
}

/** The API leaves apiVersion and kind out of a list's items of its own kinds; here each item names its kind again. */
export function parsePage(body: string, apiVersion: string): ListPage {
  const list = parsed(page, body, 'list');
  const kind = list.kind.replace(/List$/, '');
  return { items: (list.items ?? []).map((item) => ({ ...item, apiVersion, kind })), continueToken: list.metadata.continue ?? '' };
}

/** What the API server says of a refusal, in its own words, or the start of whatever came instead. */
export function refusalMessage(body: string): string {
  const read = status.safeParse(parseJson(body));
  return shorten(read.success ? read.data.message : body, 600);
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** Custom resources that embed schemas or other resources have some dozens of levels. */
const deepestAnswer = 200;

function parsed<T>(schema: z.ZodMiniType<T>, body: string, what: string): T {
  const json = parseJson(body);
  const read = schema.safeParse(isNestedDeeper(json, deepestAnswer) ? undefined : json);
  if (read.success) return read.data;
  throw new ClusterUnavailableError(`The cluster's API answered something that is no Kubernetes ${what}.`, {
    remedy: 'See what stands between here and the API server, such as a proxy; the request is tried again.',
    cause: new Error(shorten(z.prettifyError(read.error), 2_000)),
  });
}
