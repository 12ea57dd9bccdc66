import * as z from 'zod/mini';
import { labels } from '../label-selector.ts';

/** Istio selects by labels alone, and by nothing means the whole namespace. https://istio.io/latest/docs/reference/config/type/workload-selector/ */
export const istioSelector = z.nullish(z.looseObject({ matchLabels: z.nullish(labels) }));
