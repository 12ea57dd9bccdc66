import { readFile, writeFile } from 'node:fs/promises';
import * as z from 'zod/mini';
import type { BenchBehaviour } from '../types.ts';

const share = z.number().check(z.gte(0), z.lte(1));
const natural = z.int().check(z.nonnegative());

/** The wire's form of `BenchBehaviour`. */
export const benchBehaviour = z.strictObject({
  version: z.optional(z.string()),
  pod: z.optional(z.strictObject({ readyAfterMs: z.union([natural, z.literal('never')]), crashAfterMs: z.optional(natural) })),
  service: z.optional(
    z.strictObject({
      errorShare: z.optional(share),
      errorStatus: z.optional(z.literal([500, 503])),
      latencyMs: z.optional(natural),
      slowShare: z.optional(share),
      slowLatencyMs: z.optional(natural),
      crashed: z.optional(z.boolean()),
    }),
  ),
});

/** What was said of images, kept in a file so that it outlives a kubelet that is killed. */
export class Behaviours {
  readonly #file: string;
  readonly #byImage: Map<string, BenchBehaviour>;

  private constructor(file: string, byImage: Map<string, BenchBehaviour>) {
    this.#file = file;
    this.#byImage = byImage;
  }

  static async open(file: string): Promise<Behaviours> {
    const text = await readFile(file, 'utf8').catch(() => '{}');
    const kept = z.record(z.string(), benchBehaviour).parse(JSON.parse(text));
    return new Behaviours(file, new Map(Object.entries(kept) as [string, BenchBehaviour][]));
  }

  async set(image: string, behaviour: BenchBehaviour): Promise<void> {
    this.#byImage.set(image, behaviour);
    await writeFile(this.#file, JSON.stringify(Object.fromEntries(this.#byImage)));
  }

  /** What was said of the image by its reference, else of its version. */
  of(image: string): BenchBehaviour {
    return this.#byImage.get(image) ?? this.#byImage.get(tagOf(image)) ?? {};
  }

  versionOf(image: string): string {
    return this.of(image).version ?? tagOf(image);
  }
}

/**
 * @example tagOf('registry:5000/shop/web:v2@sha256:…') is 'v2', tagOf('web@sha256:…') is the whole of it.
 */
export function tagOf(image: string): string {
  const [name = '', digest] = image.split('@');
  return /:([\w.-]+)$/.exec(name)?.[1] ?? (digest === undefined ? 'latest' : image);
}
