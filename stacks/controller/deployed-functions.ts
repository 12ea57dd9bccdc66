import type { SluiceContext } from '../context.ts';
import { type FunctionSetup, functionSetups } from '../functions.ts';

/** The functions of a deployment: all, but for the webhook, which somebody has to ask for. */
export function deployedFunctions({ webhook }: SluiceContext): readonly FunctionSetup[] {
  return functionSetups.filter(({ name }) => webhook || name !== 'ReceiveWebhook');
}
