/** What speaks against making the canary's rule: said by the preflight, and once more where that was not asked. Both are sentences. */
export interface Refusal {
  readonly message: string;
  readonly remedy: string;
}

/** With subsets, both sides are one host, ruled by the user's own DestinationRule, which Sluice does not edit. */
export const subsetsHaveNoCanaryRule: Refusal = {
  message:
    'resilience.outlierDetection is for a canary with a host of its own; between subsets of one host it would have to be written into your DestinationRule, which Sluice does not edit.',
  remedy: 'Write outlierDetection under trafficPolicy of that DestinationRule, or of its canary subset, and take it out of the spec.',
};

export function ownRuleStands(rule: string, canaryService: string): Refusal {
  return {
    message: `${rule} is yours and rules ${canaryService} already, so resilience.outlierDetection has no place.`,
    remedy: 'Write outlierDetection there and take it out of the spec, or remove that rule and let Sluice copy the one of stable.',
  };
}

export const nameIsTaken: Refusal = {
  message: 'It bears the name of the rule that Sluice makes for the canary, and is of something else.',
  remedy: 'Rename it: Sluice touches nothing that it did not create.',
};
