import { execFile } from 'node:child_process';
import { dirname, isAbsolute, resolve } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod/mini';
import { ClusterForbiddenError } from '../../../core/errors.ts';
import type { ExecEntry } from './kubeconfig.ts';

const run = promisify(execFile);
const timeoutMs = 30_000;

const execCredential = z.looseObject({
  kind: z.literal('ExecCredential'),
  status: z.looseObject({
    token: z.optional(z.string()),
    clientCertificateData: z.optional(z.string()),
    clientKeyData: z.optional(z.string()),
  }),
});

export interface ExecCredential {
  readonly token: string | undefined;
  /** PEM. */
  readonly certificate: string | undefined;
  readonly key: string | undefined;
}

/**
 * Runs the credential plugin that the person's own kubeconfig names, such as `aws eks get-token`: the program itself with its
 * arguments, and no shell. A command with a slash is relative to the kubeconfig, as kubectl has it.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 * @throws ClusterForbiddenError where it fails or answers something else.
 */
export async function runExecPlugin(
  exec: ExecEntry,
  kubeconfigFile: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ExecCredential> {
  const command = exec.command.includes('/') && !isAbsolute(exec.command) ? resolve(dirname(kubeconfigFile), exec.command) : exec.command;
  const own = Object.fromEntries((exec.env ?? []).map(({ name, value }) => [name, value]));
  const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
  try {
    const { stdout } = await run(command, exec.args ?? [], {
      env: { ...environment, ...own, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      timeout: timeoutMs,
      shell: false,
    });
    const { status } = execCredential.parse(JSON.parse(stdout));
    return { token: status.token, certificate: status.clientCertificateData, key: status.clientKeyData };
  } catch (cause) {
    throw new ClusterForbiddenError(`The credential plugin ${exec.command} of ${kubeconfigFile} gave no credential.`, {
      remedy: `Run it by hand to see why: ${[exec.command, ...(exec.args ?? [])].join(' ')}.`,
      cause,
    });
  }
}
