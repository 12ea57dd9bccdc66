/** asl-validator 4 brings no types; this is the part of it that is used. */
declare module 'asl-validator' {
  export default function validate(
    definition: unknown,
    options: { readonly checkArn: boolean; readonly checkPaths: boolean },
  ): { readonly isValid: boolean; errorsText(separator?: string): string };
}
