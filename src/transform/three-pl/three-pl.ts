import { resolve } from 'node:path';
import type { RenderedOrder, ThreePl } from '../../core/hand-over.js';
import type { Order } from '../../core/order.js';
import type { HandedLine } from '../../core/shipment.js';
import { holds, valueFor } from './condition.js';
import { makeConfirmations } from './confirmations/index.js';
import { openFile } from './encoder.js';
import { fileNamer, fileNumberReader } from './file-format.js';
import type { RoutedThreePl } from './router.js';
import { compileRows, type Row } from './rows.js';
import type { Template } from './template.js';

/** Compiles a template once; what comes out is pure. `baseDirectory` is what its folder is relative to. */
export function makeThreePl(template: Template, baseDirectory: string): ThreePl & RoutedThreePl {
  const rows = compileRows(template);
  const { name, routes, wave, manifest, answerWithinMs, file, confirmations } = template;
  return {
    name,
    wave,
    manifest,
    answerWithinMs,
    handed: (order) => handedLines(order, template),
    delivery: { kind: 'folder', path: resolve(baseDirectory, template.folder) },
    confirmations: confirmations === null ? null : makeConfirmations(confirmations, baseDirectory),
    matches(order) {
      const index = routes.findIndex((route) => holds(route, order, null));
      return index < 0 ? null : `route ${index + 1}: ${routes[index]?.text}`;
    },
    routedBy: (order) => lookedAt(template, order),
    render: (order): RenderedOrder => rows.make(order, null).map(comparedCells),
    fileName: fileNamer(file.name, file.zone),
    fileNumber: fileNumberReader(file.name, file.zone),
    open: (context) => openFile(rows, file, context),
  };
}

function handedLines(order: Order, { lines }: Template): readonly HandedLine[] {
  const kept = lines === null ? order.lines : order.lines.filter((line) => holds(lines, order, line));
  return kept.map(({ ItemCode, Quantity }) => ({ itemCode: ItemCode ?? '', quantity: Quantity ?? '0' }));
}

function comparedCells({ columns, cells }: Row): Record<string, string> {
  const compared: Record<string, string> = {};
  for (const [i, column] of columns.entries()) {
    if (column.compared) compared[column.name] = cells[i] ?? '';
  }
  return compared;
}

function lookedAt({ routes }: Template, order: Order): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const { field, label } of routes.flatMap((route) => route.tests)) {
    const value = valueFor(field, order, null);
    values.set(label, value === null || value === '' ? 'empty' : String(value));
  }
  return values;
}
