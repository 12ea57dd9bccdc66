import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Whether an address answers 200 within a second; rejects where nobody does. */
export function answers(url: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false, signal: AbortSignal.timeout(1000) }, (answer) => {
      answer.resume();
      resolve(answer.statusCode === 200);
    })
      .on('error', reject)
      .end();
  });
}

/** What an address answers within a second; rejects where nobody does. */
export function answersText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false, signal: AbortSignal.timeout(1000) }, (answer) => text(answer).then(resolve, reject))
      .on('error', reject)
      .end();
  });
}
