import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';

const manifest = z.object({
  artifacts: z.record(
    z.string(),
    z.looseObject({
      type: z.string(),
      environment: z.optional(z.string()),
      properties: z.optional(z.looseObject({ templateFile: z.optional(z.string()) })),
    }),
  ),
});
const template = z.object({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) });
const report = z.object({
  pluginReports: z.array(
    z.object({
      pluginName: z.string(),
      violations: z.array(
        z.object({
          ruleName: z.string(),
          description: z.string(),
          violatingConstructs: z.array(z.looseObject({ constructPath: z.optional(z.string()) })),
        }),
      ),
    }),
  ),
});

export interface StackMade {
  readonly name: string;
  /** `aws://unknown-account/unknown-region` where the template is for any. */
  readonly environment: string;
  readonly templateFile: string;
  readonly kilobytes: number;
  /** By type, the most frequent first. */
  readonly resources: readonly { readonly type: string; readonly count: number }[];
}

export interface Finding {
  /** `AwsSolutions` is cdk-nag. */
  readonly by: string;
  readonly rule: string;
  readonly description: string;
  readonly constructs: readonly string[];
}

export interface Assembly {
  readonly stacks: readonly StackMade[];
  /** What no line of stacks/suppressions.ts speaks of. */
  readonly findings: readonly Finding[];
}

/** Reads what a synthesis left in its folder. Empty where it ended before it wrote anything. */
export async function readAssembly(folder: string): Promise<Assembly> {
  const made = await readJson(join(folder, 'manifest.json'), manifest);
  const found = await readJson(join(folder, 'validation-report.json'), report);
  const stacks = Object.entries(made?.artifacts ?? {}).filter(([, { type }]) => type === 'aws:cloudformation:stack');
  return {
    stacks: await Promise.all(
      stacks.map(([name, { environment = '', properties }]) => readStack(name, environment, join(folder, properties?.templateFile ?? ''))),
    ),
    findings: (found?.pluginReports ?? []).flatMap(({ pluginName, violations }) =>
      violations.map(({ ruleName, description, violatingConstructs }) => ({
        by: pluginName,
        rule: ruleName,
        description,
        constructs: violatingConstructs.map(({ constructPath = '' }) => constructPath),
      })),
    ),
  };
}

async function readStack(name: string, environment: string, templateFile: string): Promise<StackMade> {
  const text = await readFile(templateFile, 'utf8');
  const counts = new Map<string, number>();
  for (const { Type: type } of Object.values(template.parse(JSON.parse(text)).Resources)) counts.set(type, (counts.get(type) ?? 0) + 1);
  const resources = [...counts]
    .map(([type, count]) => ({ type, count }))
    .toSorted((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1));
  return { name, environment, templateFile, kilobytes: text.length / 1024, resources };
}

async function readJson<Schema extends z.ZodMiniType>(file: string, schema: Schema): Promise<z.infer<Schema> | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}
