import type * as z from 'zod';
import { didYouMean } from '../../core/text.js';
import { configKeys } from './keys.js';

/** `threePls[0]`, `source.overlap`; the whole file is `(file)`. */
export function pathText(path: readonly PropertyKey[]): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text === '' ? '(file)' : text.replace(/^\./, '');
}

/** One line per fault, `path: reason; did you mean "x"?`, in the order of the schema. */
export function faultLines(issues: readonly z.core.$ZodIssue[]): string[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(issue.path, key));
    // A mistyped key already says what is wrong with its group.
    const explained = issues.some((other) => isUnknownKeyIn(other, issue.path));
    return issue.code === 'custom' && explained ? [] : [`${pathText(issue.path)}: ${issue.message}`];
  });
}

function isUnknownKeyIn(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): boolean {
  return issue.code === 'unrecognized_keys' && pathText(issue.path) === pathText(path);
}

function unknownKey(path: readonly PropertyKey[], key: string): string {
  const keys = configKeys().map((one) => one.path);
  const parent = path.length === 0 ? '' : `${pathText(path).replace(/\[\d+\]/g, '[]')}.`;
  const siblings = keys
    .filter((one) => one.startsWith(parent) && !one.slice(parent.length).includes('.'))
    .map((one) => one.slice(parent.length));
  const elsewhere = keys.find((one) => one.split('.').at(-1) === key);
  const hint = didYouMean(key, siblings) || (elsewhere ? `; did you mean "${elsewhere}"?` : '');
  return `${pathText([...path, key])}: unknown key${hint}`;
}
