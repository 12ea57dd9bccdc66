import type { Labels } from './label-selector.ts';

/** Which pods are whose, as selectors see them, and by which Services they are reached. */
export interface Sides {
  readonly namespace: string;
  readonly deployment: string;
  readonly stableService: string;
  readonly canaryService: string;
  /** The one label in which the pods of the two differ. */
  readonly sideLabel: string;
  /** Of stable's pod template. */
  readonly stable: Labels;
  /** Of the clone's. */
  readonly canary: Labels;
}

/**
 * The labels that find the pods of both sides, for a remedy to print: those of the Deployment's selector that do not tell the sides apart, or
 * where it has no other, all such labels of the pods.
 */
export function commonLabels({ sideLabel, stable }: Pick<Sides, 'sideLabel' | 'stable'>, selector: Labels): Labels {
  const without = (found: Labels) => Object.entries(found).filter(([key]) => key !== sideLabel);
  const ofSelector = without(selector);
  return Object.fromEntries(ofSelector.length > 0 ? ofSelector : without(stable));
}
