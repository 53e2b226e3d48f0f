import type { ConfirmationFile, Confirmations, ReadRow } from '../../../../src/core/confirmation.js';
import { InvariantError } from '../../../../src/core/errors.js';
import { makeThreePl, parseTemplate } from '../../../../src/transform/three-pl/index.js';
import { example, templateValue } from '../sample.js';

type Section = Readonly<Record<string, unknown>>;

/** A kind of file with a header row and the columns ORDER, ITEM, QTY, TRACK, DATE; keys given are put over it. */
export function kindValue({ columns, ...keys }: Section = {}): Section {
  return {
    name: 'shipments',
    match: '*.csv',
    columns: {
      order: 'ORDER',
      answer: 'shipped',
      item: 'ITEM',
      quantity: 'QTY',
      tracking: 'TRACK',
      date: 'DATE',
      ...(columns as Section | undefined),
    },
    ...keys,
  };
}

export function confirmationsValue(...files: readonly Section[]): Section {
  return { inbox: { folder: 'in' }, files };
}

export function confirmationsOf(section: Section): Confirmations {
  const template = templateValue({ confirmations: section });
  const { confirmations } = makeThreePl(parseTemplate(template, 'test'), '/base');
  if (confirmations === null) throw new InvariantError('the template has no confirmations');
  return confirmations;
}

export function kindOf(keys: Section = {}): ConfirmationFile {
  return only(confirmationsOf(confirmationsValue(kindValue(keys))).files);
}

/** A kind of file of an example template. */
export function exampleKind(threePl: 'atlas' | 'borealis', name: string): ConfirmationFile {
  return only((example(threePl).confirmations?.files ?? []).filter((file) => file.name === name));
}

export async function* inPieces(bytes: Uint8Array, size = bytes.length): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += Math.max(1, size))
    yield bytes.subarray(at, at + Math.max(1, size));
}

export async function readAll(
  file: ConfirmationFile,
  content: Uint8Array | string,
  piece?: number,
): Promise<readonly ReadRow[]> {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const rows: ReadRow[] = [];
  for await (const page of file.read(inPieces(bytes, piece))) rows.push(...page);
  return rows;
}

/** `2 shipped 1001` for good rows, `3 SHORT_ROW: ...` for faulty ones. */
export async function summary(
  file: ConfirmationFile,
  content: Uint8Array | string,
  piece?: number,
): Promise<readonly string[]> {
  return (await readAll(file, content, piece)).map((one) =>
    'faulty' in one
      ? `${one.faulty.line} ${one.faulty.code}: ${one.faulty.fault}`
      : `${one.row.line} ${one.row.answer} ${one.row.reference}`,
  );
}

function only<T>(values: readonly T[]): T {
  const [value] = values;
  if (value === undefined || values.length > 1)
    throw new InvariantError(`expected one, got ${values.length}`);
  return value;
}
