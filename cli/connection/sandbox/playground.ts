import { parseDocument } from 'yaml';
import { Specs } from '../../../adapters/store/specs.ts';
import { NotFoundError } from '../../../core/errors.ts';
import { parseImageReference } from '../../../core/spec/image-reference.ts';
import { parseSpec } from '../../../core/spec/parse-spec.ts';
import type { RolloutSpec } from '../../../core/spec/rollout-spec.ts';
import type { Sandbox } from '../../../sandbox/sandbox.ts';
import { type RunningLoad, startLoad } from '../../../sandbox/traffic/load.ts';
import type { StartRequest } from '../connection.ts';
import { addService, hasService, isReady } from './manifests.ts';
import { addressOf, assertPlayable, serviceOf } from './route-manifests.ts';

/** What every service of the sandbox runs at first. */
export const firstTag = 'v1';

/** Of the requests to a bad image, those that it answers with 500. */
const badShare = 0.3;

/** The users' side of a sandbox: services, images, alarms and traffic, made from the specs that are applied. */
export class Playground {
  readonly #sandbox: Sandbox;
  readonly #requestsPerSecond: number;
  readonly #loads = new Map<string, RunningLoad>();

  constructor(sandbox: Sandbox, requestsPerSecond: number) {
    this.#sandbox = sandbox;
    this.#requestsPerSecond = requestsPerSecond;
  }

  /**
   * A spec's text with the sandbox's registry in place of its own, which is the one thing of a spec that the sandbox cannot take as it
   * is. A text that is no valid spec is given back unchanged: ApplySpec says what is wrong with it.
   */
  localise(text: string, file: string): string {
    const parsed = parseSpec(text, file);
    if (!parsed.ok) return text;
    const [, ...name] = parsed.spec.image.repository.split('/');
    const [registry] = this.#sandbox.repositoryOf(parsed.spec.name).split('/');
    const document = parseDocument(text);
    document.setIn(['image', 'repository'], [registry, ...name].join('/'));
    return String(document);
  }

  /**
   * Makes what a spec speaks of, where it is not there yet, and sends it requests. Resolves when its pods are ready.
   *
   * @throws InvalidInputError where the sandbox has not the mesh that it names.
   */
  async furnish(text: string, file: string): Promise<void> {
    const parsed = parseSpec(text, file);
    if (!parsed.ok) return;
    const { spec } = parsed;
    assertPlayable(spec);
    for (const name of [...spec.analysis.alarms, ...spec.analysis.alerts]) this.#putAlarm(name, spec);
    const { clock, kubernetes } = this.#sandbox;
    if (!hasService(kubernetes, spec)) {
      addService(kubernetes, spec, await this.#firstImage(spec));
      while (!isReady(kubernetes, spec)) await clock.sleep(100);
    }
    if (!this.#loads.has(spec.name)) this.#loads.set(spec.name, this.#send(spec));
  }

  /** Pushes the image that is to be started, where its tag is not in the registry, and makes it answer errors where wished. */
  async provideImage({ rollout, image, bad }: StartRequest): Promise<void> {
    const reference = parseImageReference(image);
    if (reference?.tag === undefined || reference.digest !== undefined) return;
    const { spec } = await new Specs(this.#sandbox.deps.store).load(rollout);
    if (reference.repository !== undefined && reference.repository !== spec.image.repository) return;
    if (bad === true) this.#sandbox.fleet.behave(reference.tag, { service: { errorShare: badShare } });
    await this.#push(spec.image.repository, reference.tag);
  }

  async #firstImage(spec: RolloutSpec): Promise<string> {
    const { repository } = spec.image;
    return `${repository}@${await this.#push(repository, firstTag)}`;
  }

  /** Resolves when requests to the image's pods will report its tag, which follows from the event of the push. */
  async #push(repository: string, tag: string): Promise<string> {
    const { ecr, clock } = this.#sandbox;
    try {
      return (await ecr.resolve(repository, tag)).digest;
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
    const { digest } = ecr.push({ repository, tag });
    while (this.#sandbox.versionOf(`${repository}@${digest}`) !== tag) await clock.sleep(10);
    return digest;
  }

  #send(spec: RolloutSpec): RunningLoad {
    const { clock, proxy } = this.#sandbox;
    const { host, path } = addressOf(spec);
    return startLoad({ clock, url: new URL(path, proxy.url).href, host, requestsPerSecond: this.#requestsPerSecond });
  }

  /** More than 5 % of the canary's answers in ten seconds are 5xx. */
  #putAlarm(alarmName: string, spec: RolloutSpec): void {
    const { cloudWatch } = this.#sandbox;
    const subsets = spec.router.kind === 'istio' ? spec.router.subsets : undefined;
    const dimensions: Record<string, string> =
      subsets === undefined ? { Service: `${serviceOf(spec)}-canary` } : { Service: subsets.host, Subset: subsets.canary };
    const metric = (metricName: string) => ({ namespace: 'Sandbox/Mesh', metricName, dimensions });
    cloudWatch.putMetricAlarm({
      alarmName,
      metrics: [
        { id: 'rate', expression: '100*errors/requests' },
        { id: 'errors', metricStat: { ...metric('Errors'), stat: 'Sum', periodSeconds: 10 } },
        { id: 'requests', metricStat: { ...metric('Requests'), stat: 'Sum', periodSeconds: 10 } },
      ],
      evaluationPeriods: 1,
      threshold: 5,
      comparisonOperator: 'GreaterThanThreshold',
      treatMissingData: 'notBreaching',
    });
  }

  close(): void {
    for (const load of this.#loads.values()) load.stop();
  }
}
