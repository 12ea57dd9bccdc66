import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { SandboxClock } from '../clock.ts';
import type { Endpoint } from './endpoint-table.ts';
import { answerBriefly, hasBody, type Outgoing, passBack, sendTo } from './forward.ts';
import { editHeaders } from './header-edits.ts';
import type { ResponseFlag, ResponseFlags } from './istio-metrics.ts';
import type { NoEndpoint } from './mesh-state.ts';
import type { Choice } from './route-table.ts';
import { destinationName, type TryFailure } from './routes.ts';

/** How a request ended; status 0 where the client got no whole answer. */
export interface Outcome {
  readonly status: number;
  readonly responseFlags: ResponseFlags;
  /** Of the last try; undefined where there was none to try. */
  readonly endpoint: Endpoint | undefined;
}

export interface DeliveryOptions {
  readonly clock: SandboxClock;
  readonly agent: Agent;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly choice: Choice;
  /** The endpoint whose turn it is: asked for each try. */
  readonly locate: () => Endpoint | NoEndpoint;
  /** Called once, when the last byte of the answer came in or the request failed. */
  readonly onEnd: (outcome: Outcome) => void;
}

/** Passes a request to its destination and the answer back, within the rule's time-out and with its retries, which follow at once. */
export async function deliver(options: DeliveryOptions): Promise<void> {
  const { request, choice, onEnd } = options;
  const { headers, retries } = choice.rule;
  const rawHeaders = editHeaders(request.rawHeaders, [headers.request, choice.destination.headers.request]);
  const isStreamed = retries.attempts === 0;
  let body: Outgoing['body'];
  try {
    if (hasBody(request)) body = isStreamed ? request : await buffer(request);
  } catch {
    onEnd({ status: 0, responseFlags: 'DC', endpoint: undefined });
    return;
  }
  new Delivery(options, { method: request.method, url: request.url, rawHeaders, body }).start();
}

class Delivery {
  readonly #options: DeliveryOptions;
  readonly #outgoing: Outgoing;
  #triesLeft: number;
  #ended = false;
  #endpoint: Endpoint | undefined;
  #upstream: ClientRequest | undefined;
  /** Of the try under way: what it says once it was given up is not listened to. */
  #isCurrent: { value: boolean } = { value: false };
  #cancelTotal: () => void = () => undefined;
  #cancelTry: () => void = () => undefined;

  constructor(options: DeliveryOptions, outgoing: Outgoing) {
    this.#options = options;
    this.#outgoing = outgoing;
    this.#triesLeft = options.choice.rule.retries.attempts;
  }

  start(): void {
    const { clock, response, choice } = this.#options;
    const { timeoutMs } = choice.rule;
    if (timeoutMs !== undefined) this.#cancelTotal = clock.timer(timeoutMs, () => this.#timeOut());
    response.on('close', () => {
      if (this.#ended) return;
      this.#end(0, 'DC');
      this.#upstream?.destroy();
    });
    this.#try();
  }

  #try(): void {
    const { clock, agent, locate, choice } = this.#options;
    const located = locate();
    if ('responseFlags' in located) {
      this.#answerAlone(located.status, located.responseFlags, located.text, ['x-no-upstream', destinationName(choice.destination)]);
      return;
    }
    this.#endpoint = located;
    const isCurrent = { value: true };
    this.#isCurrent = isCurrent;
    this.#upstream = sendTo(agent, located, this.#outgoing, {
      onAnswer: (answer) => {
        if (isCurrent.value) this.#take(answer);
        else answer.resume();
      },
      onFailure: (failure) => {
        if (isCurrent.value) this.#fail(failure);
      },
    });
    const { perTryTimeoutMs } = choice.rule.retries;
    if (perTryTimeoutMs !== undefined) {
      this.#cancelTry = clock.timer(perTryTimeoutMs, () => {
        this.#giveUp();
        this.#fail('timeout');
      });
    }
  }

  #take(answer: IncomingMessage): void {
    const { response, choice } = this.#options;
    const status = answer.statusCode ?? 502;
    if (this.#mayRetry(status)) {
      answer.resume();
      this.#retry();
      return;
    }
    this.#cancelTry();
    const wasRetried = this.#triesLeft < choice.rule.retries.attempts && choice.rule.retries.isRetried(status);
    answer.on('end', () => this.#end(status, wasRetried ? 'URX' : '-'));
    passBack(answer, response, [choice.destination.headers.response, choice.rule.headers.response]);
  }

  #fail(failure: 'noConnection' | 'broken' | 'timeout'): void {
    const { response } = this.#options;
    if (response.headersSent) {
      this.#end(0, 'UC');
      response.destroy();
    } else if (this.#mayRetry(failure)) {
      this.#retry();
    } else {
      const flag = failure === 'timeout' ? 'UT' : failure === 'noConnection' ? 'UF' : 'UC';
      const wasRetried = this.#triesLeft < this.#options.choice.rule.retries.attempts;
      const [status, text] =
        failure === 'timeout' ? [504, 'upstream request timeout'] : [503, 'upstream connect error or reset before headers'];
      this.#answerAlone(status, wasRetried ? `${flag},URX` : flag, text);
    }
  }

  #timeOut(): void {
    this.#giveUp();
    if (this.#options.response.headersSent) {
      this.#end(0, 'UT');
      this.#options.response.destroy();
    } else this.#answerAlone(504, 'UT', 'upstream request timeout');
  }

  #mayRetry(failure: TryFailure): boolean {
    return !this.#ended && this.#triesLeft > 0 && this.#options.choice.rule.retries.isRetried(failure);
  }

  #retry(): void {
    this.#cancelTry();
    this.#isCurrent.value = false;
    this.#triesLeft -= 1;
    this.#try();
  }

  /**
   * A try that took too long goes on at the pod, which waits there in the name of the request: once the client has its answer, that name is
   * a mark of its own, so that the clock knows of all that is under way.
   */
  #giveUp(): void {
    const upstream = this.#upstream;
    this.#isCurrent.value = false;
    if (upstream === undefined || upstream.closed) return;
    void this.#options.clock.busy(() => new Promise<void>((resolve) => upstream.once('close', resolve)));
  }

  #answerAlone(status: number, responseFlags: ResponseFlag | ResponseFlags, text: string, headers: readonly string[] = []): void {
    const { response, choice } = this.#options;
    this.#end(status, responseFlags);
    answerBriefly(response, status, text, editHeaders(headers, [choice.destination.headers.response, choice.rule.headers.response]));
  }

  #end(status: number, responseFlags: ResponseFlags): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTotal();
    this.#cancelTry();
    this.#options.onEnd({ status, responseFlags, endpoint: this.#endpoint });
  }
}
