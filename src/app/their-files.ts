import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { messageOf, UsageError } from '../core/errors.js';
import type { FileShape, RecordKind, ThreePl } from '../core/hand-over.js';
import { didYouMean } from '../core/text.js';
import type { TheirRow } from '../queue/their-rows.js';
import { csvRecords } from './csv-records.js';

/** What of our columns their files have, known once they were read. */
export interface TheirColumns {
  /** Columns of ours, as far as they are compared. */
  readonly common: Set<string>;
  /** As their header names them. */
  readonly onlyTheirs: Set<string>;
  /** Rows that could not be read, or that name no order; the first of them in words. */
  unusable: number;
  readonly faults: string[];
}

export interface TheirFiles {
  readonly threePl: ThreePl;
  /** Files, and folders of which all files are read. */
  readonly paths: readonly string[];
  /** Our column by theirs, where they differ. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** The column that names the order in a 3PL's files. Throws UsageError where the template has none. */
export function keyColumn({ name, shape }: ThreePl): string {
  const key = shape.kinds.find((kind) => kind.key !== null)?.key;
  if (key != null) return key;
  throw new UsageError(
    `the template of ${name} has no column that is order.OrderID alone, so its rows cannot be compared by order`,
  );
}

/** `Their Name=Our Name`, as given on the command line. */
export function renamedColumns(texts: readonly string[], { shape }: ThreePl): ReadonlyMap<string, string> {
  const ours = shape.kinds.flatMap(({ columns }) => columns);
  return new Map(
    texts.map((text) => {
      const at = text.indexOf('=');
      const [theirs, own] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
      if (at < 1) throw new UsageError(`--column "${text}": write it as Theirs=Ours`);
      if (!ours.includes(own)) {
        throw new UsageError(
          `--column "${text}": the template has no column "${own}"${didYouMean(own, ours)}`,
        );
      }
      return [theirs, own];
    }),
  );
}

/** All rows of their files, as the template has them; `columns` is filled in meanwhile. */
export async function* theirRows(
  files: TheirFiles,
  columns: TheirColumns,
): AsyncGenerator<TheirRow, void, undefined> {
  const { shape } = files.threePl;
  if (!shape.header) for (const kind of shape.kinds) for (const one of kind.compared) columns.common.add(one);
  for (const path of filesOf(files.paths)) yield* rowsOf(path, shape, files, columns);
}

async function* rowsOf(
  path: string,
  shape: FileShape,
  { renamed }: TheirFiles,
  columns: TheirColumns,
): AsyncGenerator<TheirRow, void, undefined> {
  const file = basename(path);
  let titles: readonly (string | null)[] | null = null;
  let key: string | null = null;
  for await (const record of csvRecords(path, shape.delimiter, shape.encoding)) {
    const { line } = record;
    if ('broken' in record) {
      note(columns, `${file} line ${line}: the line ${record.broken}`);
      continue;
    }
    if (shape.header && titles === null) {
      titles = titlesOf(file, record.fields, shape, renamed, columns);
      continue;
    }
    const kind = kindOf(shape, record.fields);
    if (kind === undefined) {
      note(columns, `${file} line ${line}: no kind of record of the template`);
      continue;
    }
    const names = titles ?? kind.columns;
    const cells: Record<string, string> = {};
    for (const [i, name] of names.entries()) if (name !== null) cells[name] = record.fields[i] ?? '';
    if (kind.key !== null) key = cells[kind.key]?.trim() ?? '';
    if (key === null || key === '') note(columns, `${file} line ${line}: it names no order`);
    else yield { key, file, line, cells };
  }
}

const MOST_FAULTS = 20;

function note(columns: TheirColumns, fault: string): void {
  columns.unusable++;
  if (columns.faults.length < MOST_FAULTS) columns.faults.push(fault);
}

function kindOf({ kinds }: FileShape, fields: readonly string[]): RecordKind | undefined {
  return kinds.find(({ marker }) => marker === null || fields[0]?.trim() === marker);
}

/** Our column for each of theirs; null: we have none. */
function titlesOf(
  file: string,
  header: readonly string[],
  { kinds }: FileShape,
  renamed: ReadonlyMap<string, string>,
  { common, onlyTheirs }: TheirColumns,
): readonly (string | null)[] {
  const [kind] = kinds;
  const ours = new Map((kind?.columns ?? []).map((name) => [name.toLowerCase(), name]));
  const titles = header.map((title) => {
    const own = renamed.get(title.trim()) ?? ours.get(title.trim().toLowerCase()) ?? null;
    if (own === null) onlyTheirs.add(title.trim());
    else if (kind?.compared.includes(own) === true) common.add(own);
    return own;
  });
  const key = kind?.key ?? '';
  if (!titles.includes(key)) {
    throw new UsageError(
      `${file}: its header has no column "${key}", which names the order; say which it is: --column "<theirs>=${key}"`,
    );
  }
  return titles;
}

function filesOf(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    try {
      if (!statSync(path).isDirectory()) return [path];
      const names = readdirSync(path, { withFileTypes: true })
        .filter((entry) => entry.isFile() && !/^\.|\.(part|tmp|manifest\.json)$/.test(entry.name))
        .map(({ name }) => name);
      return names.sort().map((name) => join(path, name));
    } catch (error) {
      throw new UsageError(`${path} cannot be read: ${messageOf(error)}`, { cause: error });
    }
  });
}
