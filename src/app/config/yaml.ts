import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { ConfigurationError, codeOf, messageOf } from '../../core/errors.js';

/** The file as a person would write it here: relative when it lies below the folder the command runs in. */
export function shownPath(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith('..') ? file : short;
}

/** The text of a file of the configuration. Throws {@link ConfigurationError} with what to do. */
export function readConfigFile(file: string, remedy: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error);
    throw new ConfigurationError(`${file}: ${reason}; ${remedy}`, { cause: error });
  }
}

/**
 * Parses YAML 1.2 into plain values. Throws {@link ConfigurationError} with one line per syntax error,
 * `file:line:column: reason`; a key written twice and an unknown tag are errors, too.
 */
export function parseYaml(text: string, file: string): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings].map((fault) => {
    const { line, col } = lines.linePos(fault.pos[0]);
    return `${file}:${line}:${col}: ${fault.message}`;
  });
  if (faults.length > 0) throw new ConfigurationError(faults.join('\n'));
  try {
    return document.toJS();
  } catch (error) {
    throw new ConfigurationError(`${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** Keys without a value count as left out: a group whose keys are all commented out reads as null. */
export function withoutEmpty(value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== null)
      .map(([key, part]) => [key, withoutEmpty(part)]),
  );
}
