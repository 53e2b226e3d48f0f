import { hash } from 'node:crypto';
import { resolve } from 'node:path';
import type { RenderedOrder, ThreePl } from '../../core/hand-over.js';
import type { Order } from '../../core/order.js';
import type { HandedLine } from '../../core/shipment.js';
import { holds, valueFor } from './condition.js';
import { makeConfirmations } from './confirmations/index.js';
import { openFile } from './encoder.js';
import { fileNamer, fileNumberReader } from './file-format.js';
import { fileShape } from './file-shape.js';
import { labelRule } from './labels.js';
import type { RoutedThreePl } from './router.js';
import { compileRows, type Row } from './rows.js';
import type { Template } from './template.js';

/**
 * Compiles a template once; what comes out is pure. `baseDirectory` is what its folder is relative to.
 * A place on a server keeps its references to the environment: the loader resolves them.
 */
export function makeThreePl(template: Template, baseDirectory: string): ThreePl & RoutedThreePl {
  const rows = compileRows(template);
  const { name, routes, wave, delivery, manifest, answerWithinMs, file, confirmations } = template;
  const labels = template.labels === null ? null : labelRule(template.labels, file.zone);
  /** A label is none of the file's cells, but another label is a change of the order. */
  const labelCells = (order: Order): RenderedOrder => {
    const label = labels?.of(order) ?? null;
    return label === null ? [] : [{ 'shipping label': hash('sha256', label.bytes, 'hex') }];
  };
  return {
    name,
    wave,
    manifest,
    delivery:
      delivery.kind === 'folder' ? { kind: 'folder', path: resolve(baseDirectory, delivery.path) } : delivery,
    answerWithinMs,
    handed: (order) => handedLines(order, template),
    confirmations: confirmations === null ? null : makeConfirmations(confirmations, baseDirectory),
    matches(order) {
      const index = routes.findIndex((route) => holds(route, order, null));
      return index < 0 ? null : `route ${index + 1}: ${routes[index]?.text}`;
    },
    routedBy: (order) => lookedAt(template, order),
    render: (order): RenderedOrder => [...rows.make(order, null).map(comparedCells), ...labelCells(order)],
    preview: (order, context): RenderedOrder => [
      ...rows.make(order, context).map(allCells),
      ...labelCells(order),
    ],
    labels,
    shape: fileShape(template),
    fileName: fileNamer(file.name, file.zone),
    fileNumber: fileNumberReader(file.name, file.zone),
    open: (context) => openFile(rows, file, context),
  };
}

function allCells({ columns, cells }: Row): Record<string, string> {
  return Object.fromEntries(columns.map(({ name }, i) => [name, cells[i] ?? '']));
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
