import type { Writable } from 'node:stream';
import { codeOf, InvariantError, messageOf } from '../core/errors.js';
import { visible } from './logging.js';
import type { Redactor } from './redaction.js';

export interface Column {
  readonly title: string;
  /** Numbers stand to the right. */
  readonly align?: 'left' | 'right';
}

export type Cell = string | number | null | undefined;

/**
 * What a command answers, on standard output. For people: lines and tables, as they come. With `--json`:
 * exactly one object, and nothing else.
 */
export interface Output {
  readonly json: boolean;
  /** For people only. */
  line(text?: string): void;
  /** For people only. */
  table(columns: readonly Column[], rows: readonly (readonly Cell[])[]): void;
  /** With `--json`, the one object; for people, nothing. A second call is an {@link InvariantError}. */
  result(value: object): void;
  /** With `--json`, when a command ends with an error before its result: `{ "error": { code, message } }`. */
  failure(error: unknown): void;
}

/** `personal`: what a person asked to see by name, an address that changed or a rendered order, is shown. */
export function createOutput(
  json: boolean,
  stdout: Writable,
  redactor: Redactor,
  { personal = false }: { readonly personal?: boolean } = {},
): Output {
  let answered = false;
  const clean = (text: string) => (personal ? redactor.secretsOf(text) : redactor.text(text));
  const put = (text: string) => void stdout.write(`${text}\n`);
  const putJson = (value: object) => {
    answered = true;
    put(JSON.stringify(redactor.value('', value, clean), null, stdoutIsTerminal(stdout) ? 2 : 0));
  };
  return {
    json,
    line(text = '') {
      if (!json) put(visible(clean(text)));
    },
    table(columns, rows) {
      if (!json) for (const line of tableLines(columns, rows)) put(clean(line));
    },
    result(value) {
      if (!json) return;
      if (answered) throw new InvariantError('a command with --json answered twice');
      putJson(value);
    },
    failure(error) {
      if (!json || answered) return;
      putJson({ error: { code: codeOf(error) ?? 'ERROR', message: messageOf(error) } });
    },
  };
}

/** A table as lines: a header, a rule, the rows; no trailing spaces. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly Cell[])[]): string[] {
  const texts = rows.map((row) => columns.map((_, i) => visible(String(row[i] ?? ''))));
  const widths = columns.map((column, i) =>
    Math.max(width(column.title), ...texts.map((row) => width(row[i] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => pad(cell, widths[i] ?? 0, columns[i]?.align ?? 'left'))
      .join('  ')
      .trimEnd();
  return [
    line(columns.map((column) => column.title)),
    widths.map((one) => '-'.repeat(one)).join('  '),
    ...texts.map(line),
  ];
}

function pad(text: string, to: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(Math.max(0, to - width(text)));
  return align === 'right' ? space + text : text + space;
}

/** Columns of a terminal: wide for East Asian scripts and pictures, none for combining marks. */
export function width(text: string): number {
  let columns = 0;
  for (const character of text) {
    if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) continue;
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return columns;
}

function stdoutIsTerminal(stdout: Writable): boolean {
  return (stdout as { isTTY?: boolean }).isTTY === true;
}
