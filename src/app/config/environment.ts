import { didYouMean } from '../../core/text.js';

export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\{([^}]*)\}?/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The whole value is one reference: `${EXIGO_PASSWORD}`. */
export const WHOLE_REFERENCE = /^\$\{[A-Za-z_][A-Za-z0-9_]*\}$/;

export type Resolved = { readonly text: string } | { readonly fault: string };

/**
 * Replaces every `${NAME}` by the environment's value, once: a value is never searched for further
 * references. A variable that is not set, or set to nothing, is a fault that names it.
 */
export function resolveReferences(text: string, environment: Environment): Resolved {
  let fault: string | undefined;
  const resolved = text.replace(REFERENCE, (reference: string, name: string) => {
    const value = environment[name];
    if (!reference.endsWith('}') || !NAME.test(name)) {
      fault ??= `"${reference}" is no reference to the environment; write it as \${NAME}`;
    } else if (value === undefined) {
      fault ??= `the environment variable ${name} is not set${didYouMean(name, Object.keys(environment))}`;
    } else if (value === '') {
      fault ??= `the environment variable ${name} is set to nothing`;
    }
    return value ?? '';
  });
  return fault === undefined ? { text: resolved } : { fault };
}
