import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppProps, Validations } from 'aws-cdk-lib';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { AwsSolutionsChecks } from 'cdk-nag';
import packageJson from '../package.json' with { type: 'json' };
import { parseContext, type SluiceContext } from './context.ts';
import { bundledCode, type CodeSource } from './controller/bundles.ts';
import { deployedFunctions } from './controller/deployed-functions.ts';
import { readSpecs, type SpecFile } from './rollout-specs.ts';
import { SluiceStack } from './sluice-stack.ts';
import { acknowledgeFindings } from './suppressions.ts';

/** How the CDK is to behave: as it does in a new project, but that each permission stays a statement of its own, as in permissions.ts. */
const flags = { ...recommendedFlags, '@aws-cdk/aws-iam:minimizePolicies': false };

export interface BuiltApp {
  readonly app: App;
  readonly stack: SluiceStack;
  readonly context: SluiceContext;
  readonly specs: readonly SpecFile[];
}

/**
 * The app with its one stack.
 *
 * @param code Of the functions; bundled from functions/ where left out.
 * @throws InvalidInputError for a context, SpecInvalidError for a spec that does not hold.
 */
export async function buildApp(props: AppProps = {}, code?: CodeSource): Promise<BuiltApp> {
  const app = new App({ ...props, context: { ...flags, ...props.context } });
  const context = parseContext(app.node.getAllContext());
  const specs = readSpecs(context.rolloutsFolder);
  const bundles = mkdtempSync(join(tmpdir(), 'sluice-bundles-'));
  try {
    const own =
      code ??
      (await bundledCode(
        deployedFunctions(context).map(({ file }) => file),
        bundles,
      ));
    const stack = new SluiceStack(app, { context, specs, code: own, version: packageJson.version });
    acknowledgeFindings(stack);
    return { app, stack, context, specs };
  } finally {
    rmSync(bundles, { recursive: true, force: true });
  }
}

/** Lets cdk-nag look at what is synthesised: findings that no line of suppressions.ts speaks of make `app.synth()` throw. */
export function checkWithCdkNag(app: App): void {
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
