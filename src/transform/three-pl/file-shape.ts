import type { FileShape, RecordKind } from '../../core/hand-over.js';
import { type Column, isFileColumn } from './column.js';
import { itemColumns } from './layout.js';
import type { Template } from './template.js';

/** How the records of the files of a template, or of a section of it, look. */
export function fileShape({ file, layout }: Pick<Template, 'file' | 'layout'>): FileShape {
  const { delimiter, encoding, header } = file;
  return { delimiter, encoding, header, kinds: kindsOf(layout) };
}

function kindsOf(layout: Template['layout']): RecordKind[] {
  if (layout.row === 'line') return [kindOf(layout.columns, null)];
  if (layout.row === 'order') return [kindOf([...layout.columns, ...itemColumns(layout.items)], null)];
  return [layout.header, layout.details].map((columns) => kindOf(columns, markerOf(columns[0])));
}

function kindOf(columns: readonly Column[], marker: string | null): RecordKind {
  const key = columns.find(({ source }) => {
    const [only, ...others] = source.kind === 'join' ? source.parts : [source];
    if (only?.kind !== 'field' || others.length > 0) return false;
    return only.field.table === 'order' && only.field.column === 'OrderID';
  });
  const compared = columns.filter((column) => column.compare && !isFileColumn(column));
  return { marker, columns: columns.map(nameOf), compared: compared.map(nameOf), key: key?.name ?? null };
}

function nameOf({ name }: Column): string {
  return name;
}

function markerOf(column: Column | undefined): string | null {
  return column?.source.kind === 'constant' ? column.source.text : null;
}
