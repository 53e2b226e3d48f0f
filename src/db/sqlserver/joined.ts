import { InvariantError } from '../../core/errors.js';
import type { Answer, Parameters, Request, Value } from '../database.js';

/** Statements that go to the server as one batch. */
export interface Joined {
  /** For errors: the names of all of them. */
  readonly name: string;
  readonly text: string;
  readonly parameters: Parameters;
  /** Of how many statements. */
  readonly size: number;
}

const MARK = 'changes_of_statement';
const MAKES_WORK_TABLE = /\bCREATE TABLE #/;

/**
 * The fewest batches that do the same in the same order. A work table made in a batch with parameters would vanish
 * with it (`sp_executesql` is a scope of its own), so one that makes work tables goes without.
 */
export function batchesOf(requests: readonly Request[]): Request[][] {
  const batches: { requests: Request[]; makes: boolean; bound: boolean }[] = [];
  for (const request of requests) {
    const makes = MAKES_WORK_TABLE.test(request.statement.text);
    const bound = Object.keys(request.parameters ?? {}).length > 0;
    const last = batches.at(-1);
    if (last === undefined || (makes && last.bound) || (bound && last.makes)) {
      batches.push({ requests: [request], makes, bound });
      continue;
    }
    last.requests.push(request);
    last.makes ||= makes;
    last.bound ||= bound;
  }
  return batches.map((batch) => batch.requests);
}

/**
 * One batch: parameters and variables of each statement get its number, so that none meet, and a row that tells
 * how many rows it changed comes after each.
 */
export function join(requests: readonly Request[]): Joined {
  const parameters: Record<string, Value> = {};
  const texts = requests.map(({ statement, parameters: own = {} }, i) => {
    const declared = [...statement.text.matchAll(/\bDECLARE @(\w+)/g)].map(([, name]) => name ?? '');
    const names = [...Object.keys(own), ...declared];
    for (const [name, value] of Object.entries(own)) parameters[`${name}_${i}`] = value;
    const renamed = statement.text.replace(/(?<!@)@(\w+)/g, (whole, name: string) =>
      names.includes(name) ? `@${name}_${i}` : whole,
    );
    return `${renamed.trim().replace(/;$/, '')};\nSELECT @@ROWCOUNT AS ${MARK};`;
  });
  const name = requests.map(({ statement }) => statement.name).join(', ');
  return { name, text: texts.join('\n'), parameters, size: requests.length };
}

/** The answers out of all results of a joined batch, in the order of its statements. */
export function answersOf(joined: Joined, results: readonly Answer['rows'][]): Answer[] {
  const answers: Answer[] = [];
  let rows: Answer['rows'] = [];
  for (const result of results) {
    const changes = result[0]?.[MARK];
    if (typeof changes !== 'number') {
      rows = result;
      continue;
    }
    answers.push({ rows, changes });
    rows = [];
  }
  if (answers.length !== joined.size) {
    throw new InvariantError(`${joined.name}: ${answers.length} answers to ${joined.size} statements`);
  }
  return answers;
}
