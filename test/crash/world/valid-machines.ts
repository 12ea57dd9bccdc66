/**
 * In the place of asl-validator: `npm run check` has validated the two machines, and to do so again in each of thousands of runs would take
 * most of their time.
 */
export default function validate(): { readonly isValid: true } {
  return { isValid: true };
}
