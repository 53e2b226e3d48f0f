import { isIP } from 'node:net';
import { resolve } from 'node:path';
import * as z from 'zod';
import { DURATION_FORM, durationHint, durationText, parseDuration } from './duration.js';
import { type Environment, resolveReferences, WHOLE_REFERENCE } from './environment.js';

/** Secrets shorter than this cannot be kept out of logs: replacing them would garble every line. */
export const MIN_SECRET_LENGTH = 4;

type Issue = { readonly input?: unknown };

/** `is missing`, or what the value should have been. */
function wanted(what: string): (issue: Issue) => string {
  return ({ input }) => (input === undefined ? 'is missing' : `must be ${what}, not ${kindOf(input)}`);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  return typeof value === 'string' ? `"${value}"` : String(value);
}

/** A group of keys; any other key is a fault. */
export function group<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.strictObject(shape, { error: wanted('a group of keys') });
}

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.array(item, { error: wanted('a list') });
}

/** Makes the schemas of single values; what is in the environment is put in while they are parsed. */
export function valueSchemas(environment: Environment, baseDirectory: string) {
  const replaced = (value: string, context: z.RefinementCtx): string | null => {
    const result = resolveReferences(value, environment);
    if ('text' in result) return result.text;
    context.addIssue({ code: 'custom', message: result.fault });
    return null;
  };

  const text = () =>
    z
      .string({ error: wanted('text') })
      .min(1, { error: 'must not be empty' })
      .transform((value, context) => replaced(value, context) ?? z.NEVER);

  return {
    text,

    /** Text that only the environment may hold. The literal never appears in the message. */
    secret: (variable: string, minLength = MIN_SECRET_LENGTH) =>
      z
        .string({
          error: ({ input }) =>
            input === undefined
              ? `is missing; write \${${variable}} and set that variable in the environment`
              : literalSecret(variable),
        })
        .regex(WHOLE_REFERENCE, { error: literalSecret(variable) })
        .transform((value, context) => {
          const secret = replaced(value, context);
          if (secret !== null && secret.length < minLength) {
            const message = `the value of ${value} has fewer than ${minLength} characters; it could not be kept out of the logs`;
            context.addIssue({ code: 'custom', message });
          }
          return secret ?? z.NEVER;
        }),

    /** Milliseconds. */
    duration: (limits: { readonly min?: number; readonly max?: number } = {}) =>
      z
        .union([z.string().regex(either(DURATION_FORM), notDuration), z.literal(0)], notDuration)
        .transform((value, context) => {
          const found = value === 0 ? '0' : replaced(value, context);
          if (found === null) return z.NEVER;
          const ms = parseDuration(found);
          const { min = 0, max = Number.MAX_SAFE_INTEGER } = limits;
          if (ms === null) {
            context.addIssue({ code: 'custom', message: `the value of ${value} must be ${DURATION}` });
          } else if (ms < min || ms > max) {
            context.addIssue({ code: 'custom', message: `${value} is ${outside(ms, min, max)}` });
          }
          return ms ?? z.NEVER;
        }),

    integer: (min: number, max: number) => {
      const error = wanted(`a whole number from ${min} to ${max}`);
      const number = z.int({ error }).min(min, { error }).max(max, { error });
      return z
        .union([number, z.string().regex(WHOLE_REFERENCE, { error })], { error })
        .transform((value, context) => {
          if (typeof value === 'number') return value;
          const found = replaced(value, context);
          if (found === null) return z.NEVER;
          if (/^\d{1,9}$/.test(found) && Number(found) >= min && Number(found) <= max) return Number(found);
          const message = `the value of ${value} must be a whole number from ${min} to ${max}`;
          context.addIssue({ code: 'custom', message });
          return z.NEVER;
        });
    },

    flag: () =>
      z
        .union([z.boolean(), z.string().regex(WHOLE_REFERENCE, notFlag)], notFlag)
        .transform((value, context) => {
          if (typeof value === 'boolean') return value;
          const found = replaced(value, context);
          if (found === null) return z.NEVER;
          if (found === 'true' || found === 'false') return found === 'true';
          context.addIssue({ code: 'custom', message: `the value of ${value} must be true or false` });
          return z.NEVER;
        }),

    choice: <const Value extends string>(values: readonly Value[]) => {
      const error = wanted(`one of ${values.join(', ')}`);
      const isOne = (found: string): found is Value => values.some((value) => value === found);
      return z
        .union([z.enum(values, { error }), z.string().regex(WHOLE_REFERENCE, { error })], { error })
        .transform((value, context) => {
          const found = replaced(value, context);
          if (found === null) return z.NEVER;
          if (isOne(found)) return found;
          const message = `the value of ${value} must be one of ${values.join(', ')}`;
          context.addIssue({ code: 'custom', message });
          return z.NEVER;
        });
    },

    /** A file or folder; a relative one is below the folder that contains the `config` folder. */
    path: () => text().transform((value) => resolve(baseDirectory, value)),

    /** `https://` without trailing slash; plain `http://` only to this machine. */
    url: () =>
      text().transform((value, context) => {
        const fault = urlFault(value);
        if (fault === null) return value.replace(/\/+$/, '');
        context.addIssue({ code: 'custom', message: fault });
        return z.NEVER;
      }),
  };
}

const DURATION = 'a time such as 500ms, 30s, 15m, 24h or 30d';

// A union reports the fault of the one member that comes close, so members carry the message, too.
const notDuration = {
  error: (issue: Issue) => `${wanted(DURATION)(issue)}${durationHint(String(issue.input ?? ''))}`,
};
const notFlag = { error: wanted('true or false') };

function literalSecret(variable: string): string {
  return `a secret is never written into this file; write \${${variable}} and set that variable in the environment`;
}

function either(form: RegExp): RegExp {
  return new RegExp(`${form.source}|${WHOLE_REFERENCE.source}`);
}

function outside(ms: number, min: number, max: number): string {
  return ms < min ? `less than ${durationText(min)}, the least` : `more than ${durationText(max)}, the most`;
}

function urlFault(value: string): string | null {
  const url = URL.canParse(value) ? new URL(value) : null;
  if (url === null) return `"${value}" is no address such as https://host/path`;
  if (url.username !== '' || url.password !== '') return 'an address must not contain a login or password';
  if (url.search !== '' || url.hash !== '') return 'an address must end with its path, without ? or #';
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return null;
  return url.protocol === 'http:'
    ? `plain http would send credentials in the clear to ${url.hostname}; did you mean "https:${value.slice(5)}"?`
    : `"${url.protocol}" is no web address; write https://`;
}

/** Whether the host is this machine: then plain http leaves nothing in the open. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
