import { z } from 'zod';
import { ConfigurationError } from '../../core/errors.js';
import { didYouMean } from '../../core/text.js';

/** Where in a template: `['columns', 3, 'from']`. */
export type Path = readonly PropertyKey[];

/** Collects every fault of a template, so that a reader mends all of them in one go. */
export class Faults {
  readonly #lines: string[] = [];

  add(path: Path, reason: string): void {
    const line = `${pathText(path)}: ${reason}`;
    if (!this.#lines.includes(line)) this.#lines.push(line);
  }

  /** The value as the schema reads it, or undefined after noting every fault in it. */
  read<S extends z.ZodType>(schema: S, value: unknown, path: Path): z.output<S> | undefined {
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) this.#addIssue(issue, schema, value, path);
    return undefined;
  }

  get count(): number {
    return this.#lines.length;
  }

  /** Throws a {@link ConfigurationError} with one line per fault when there is any. */
  throwIfAny(where: string): void {
    if (this.#lines.length === 0) return;
    const head = `${where} has ${this.#lines.length === 1 ? 'a fault' : `${this.#lines.length} faults`}:`;
    throw new ConfigurationError([head, ...this.#lines.map((line) => `  ${line}`)].join('\n'));
  }

  #addIssue(issue: z.core.$ZodIssue, schema: z.ZodType, root: unknown, path: Path): void {
    const at = [...path, ...issue.path];
    const value = valueAt(root, issue.path);
    if (issue.code === 'unrecognized_keys') {
      const known = keysAt(schema, issue.path);
      for (const key of issue.keys) this.add([...at, key], `unknown key${didYouMean(key, known)}`);
    } else if (value === undefined && issue.code !== 'custom') {
      this.add(at, 'is missing');
    } else if (issue.code === 'invalid_value') {
      this.add(at, oneOf(value, issue.values.map(String)));
    } else if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input')) {
      this.add(at, `expected ${TYPE_WORDS[issue.expected] ?? issue.expected}, got ${kindOf(value)}`);
    } else {
      this.add(at, issue.message);
    }
  }
}

/** A text with a check of its own: `fault` tells what is wrong with it, or null. */
export function checkedText(fault: (text: string) => string | null): z.ZodString {
  return z.string().superRefine((text, context) => {
    const message = fault(text);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });
}

/** `"minimul" is not one of minimal, all, text; did you mean "minimal"?` */
export function oneOf(value: unknown, choices: readonly string[]): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `"${text}" is not one of ${choices.join(', ')}${didYouMean(text, choices)}`;
}

/** What a person would call the value: `a list`, `the number 5`. */
export function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return `the text "${value}"`;
  return `the ${typeof value} ${String(value)}`;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function pathText(path: Path): string {
  if (path.length === 0) return 'template';
  return path
    .map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i ? '.' : ''}${String(key)}`))
    .join('');
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return value;
}

/** The keys the schema knows at a place inside it; optional, default and preprocessed schemas are seen through. */
function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return keysAt(schema.unwrap(), path);
  if (schema instanceof z.ZodPipe) return keysAt(schema.out, path);
  const [key, ...rest] = path;
  if (schema instanceof z.ZodArray && key !== undefined) return keysAt(schema.element, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  if (key === undefined) return Object.keys(schema.shape);
  const next: z.core.$ZodType | undefined = schema.shape[String(key)];
  return next === undefined ? [] : keysAt(next, rest);
}
