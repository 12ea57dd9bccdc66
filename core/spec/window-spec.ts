import * as z from 'zod/mini';
import { duration } from './duration.ts';

const leastSeconds = 10;
const mostSeconds = 3_600;

/** What a ready-made metric looks back over. Prometheus reckons a rate of two samples or more, so it has to hold two scrapes. */
export const metricWindow = duration.check(
  z.refine((seconds) => seconds >= leastSeconds && seconds <= mostSeconds, { error: 'a window from 10s to 1h, of two scrapes or more' }),
);
