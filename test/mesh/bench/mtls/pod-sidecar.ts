import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AwsUnavailableError } from '../../../../core/errors.ts';
import { applyObjects } from '../api/apply.ts';
import type { RawApi } from '../api/raw-api.ts';
import { envoyArguments, envoyBootstrap } from '../config/envoy.ts';
import type { PodObject } from '../kubelet/pod-object.ts';
import type { PodPort } from '../kubelet/pod-servers.ts';
import { answers, answersText } from '../supervisor/probe.ts';
import type { Identity } from '../types.ts';
import { until } from '../until.ts';
import {
  type AgentGround,
  type AgentSetup,
  agentArguments,
  agentEnvironment,
  certificateFiles,
  layCredentials,
  secretsSocket,
} from './agent.ts';
import { ownLabel, sidecarObject } from './sidecar-object.ts';

/** What all sidecars of one bench have in common. */
export interface SidecarGround extends AgentGround {
  readonly api: RawApi;
  /** With `pilot-agent` and `envoy`. */
  readonly bin: string;
  /** Each pod gets a folder in it. */
  readonly folder: string;
  readonly logs: string;
  /** Where istiod tells proxies what to do. */
  readonly istiodAddress: string;
}

export interface SidecarListener {
  readonly changed: () => void;
  readonly ended: () => void;
}

/**
 * As Istio starts Envoy: a connection under old rules, such as those of an AuthorizationPolicy that has changed, is closed after its next
 * request. Left out, Envoy takes minutes over that.
 */
const drainAtOnce = ['--drain-time-s', '45', '--drain-strategy', 'immediate'];

/** Envoy's own, at the address of the pod. */
const adminPort = 15_000;

/** The proxy of one pod: an Envoy, and the pilot-agent that brings it certificates. */
export class PodSidecar {
  readonly #ground: SidecarGround;
  readonly #pod: PodObject;
  readonly #address: string;
  readonly #folder: string;
  readonly #processes: ChildProcess[] = [];
  #ended = false;

  constructor(ground: SidecarGround, pod: PodObject, address: string) {
    this.#ground = ground;
    this.#pod = pod;
    this.#address = address;
    this.#folder = join(ground.folder, pod.metadata.uid);
  }

  /** Of its processes that run. */
  get pids(): readonly number[] {
    return this.#processes.filter(isRunning).flatMap(({ pid }) => pid ?? []);
  }

  /**
   * Resolves when Envoy takes requests on all ports of the pod, with its certificate. Where one of the two ends, the other does.
   *
   * @param heard `changed` is called when a process of it has begun or ended; `ended` where that was after the start, and unwanted.
   * @throws AwsUnavailableError, DeadlineExceededError where it does not come to that, or was ended.
   */
  async start(ports: readonly PodPort[], heard: SidecarListener): Promise<void> {
    try {
      await this.#start(ports, heard);
    } catch (error) {
      this.end();
      throw error;
    }
    const onExit = () => {
      if (this.#ended) return;
      this.end();
      heard.ended();
    };
    for (const child of this.#processes) child.once('exit', onExit);
  }

  async #start(ports: readonly PodPort[], heard: SidecarListener): Promise<void> {
    const { api, bin } = this.#ground;
    const bootstrap = join(this.#folder, 'envoy.json');
    const agent = this.#agent();
    await layCredentials(api, agent);
    await writeFile(bootstrap, JSON.stringify(this.#bootstrap()));
    await applyObjects(api, [sidecarObject(this.#pod, this.#address, ports)], agent.namespace);
    if (this.#ended) throw this.#gone('was not started any more');
    this.#spawn(join(bin, 'pilot-agent'), agentArguments(agent, this.#ground), agentEnvironment(agent, this.#ground), heard);
    this.#spawn(join(bin, 'envoy'), [...envoyArguments(bootstrap), ...drainAtOnce], {}, heard);
    const takesRequests = async () => {
      const admin = `http://${this.#address}:${adminPort}`;
      // Listeners are listed before they listen, as long as Envoy starts.
      if (!existsSync(join(this.#folder, certificateFiles.certificates)) || !(await answers(`${admin}/ready`))) return false;
      const listeners = await answersText(`${admin}/listeners`);
      return ports.every(({ containerPort }) => listeners.includes(`::${this.#address}:${containerPort}\n`));
    };
    const isOver = () => !this.#processes.every(isRunning);
    await until(async () => isOver() || (await takesRequests()), { withinMs: 60_000, everyMs: 100 });
    if (isOver()) throw this.#gone('ended');
  }

  async identity(): Promise<Identity> {
    const read = (name: keyof typeof certificateFiles) => readFile(join(this.#folder, certificateFiles[name]), 'utf8');
    return { key: await read('key'), certificates: await read('certificates'), authority: await read('authority') };
  }

  end(): void {
    this.#ended = true;
    for (const child of this.#processes) child.kill('SIGKILL');
  }

  #spawn(program: string, args: readonly string[], environment: Readonly<Record<string, string>>, { changed }: SidecarListener): void {
    const log = openSync(join(this.#ground.logs, `sidecar-${this.#pod.metadata.name}.log`), 'a');
    const options = { cwd: this.#folder, env: { ...process.env, ...environment } };
    const child = spawn(program, args, { ...options, stdio: ['ignore', log, log] });
    closeSync(log);
    child.once('error', changed).once('exit', changed);
    this.#processes.push(child);
    changed();
  }

  #agent(): AgentSetup {
    const { metadata, spec } = this.#pod;
    return {
      type: 'sidecar',
      name: metadata.name,
      namespace: metadata.namespace,
      serviceAccount: spec.serviceAccountName,
      address: this.#address,
      folder: this.#folder,
    };
  }

  #bootstrap(): unknown {
    const { uid, labels = {} } = this.#pod.metadata;
    const { folder: _, ...same } = this.#agent();
    const admin = { address: this.#address, port: adminPort };
    return envoyBootstrap(
      { ...same, labels, ownLabels: { [ownLabel]: uid }, secretsSocket, admin },
      { address: this.#ground.istiodAddress },
    );
  }

  #gone(what: string): AwsUnavailableError {
    return new AwsUnavailableError(`The sidecar of ${this.#pod.metadata.name} ${what}.`, { remedy: 'See the logs of the bench.' });
  }
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}
