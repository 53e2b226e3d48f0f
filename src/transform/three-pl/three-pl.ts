import { hash } from 'node:crypto';
import { resolve } from 'node:path';
import type { NoticeFile, NoticeKind, RenderedOrder, ThreePl } from '../../core/hand-over.js';
import type { Order } from '../../core/order.js';
import type { Place } from '../../core/places.js';
import type { HandedLine } from '../../core/shipment.js';
import { holds, valueFor } from './condition.js';
import { makeConfirmations } from './confirmations/index.js';
import { openFile } from './encoder.js';
import { fileNamer, fileNumberReader } from './file-format.js';
import { fileShape } from './file-shape.js';
import { labelRule } from './labels.js';
import type { NoticeFormat } from './notice.js';
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
  const labels = template.labels === null ? null : labelRule(template.labels, file.zone, baseDirectory);
  /** A label is none of the file's cells, but another one in its column is a change of the order; a file is no part of it. */
  const labelCells = (order: Order): RenderedOrder => {
    labels?.folder?.nameOf(order); // a name that cannot be made holds the order at once
    const label = labels?.of(order) ?? null;
    return label === null ? [] : [{ 'shipping label': hash('sha256', label.bytes, 'hex') }];
  };
  const at = (place: Place): Place =>
    place.kind === 'folder' ? { kind: 'folder', path: resolve(baseDirectory, place.path) } : place;
  const noticeOf = (kind: NoticeKind): NoticeFile | null => {
    const format = template.notices[kind];
    return format === null ? null : { ...makeNotice(name, format), delivery: at(format.delivery) };
  };
  return {
    name,
    wave,
    manifest,
    delivery: at(delivery),
    notices: { cancellations: noticeOf('cancellations'), returns: noticeOf('returns') },
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

/** The file of a section; it has the lines that the section, or else the template, names. */
function makeNotice(name: string, format: NoticeFormat): NoticeFile {
  const rows = compileRows({ name, ...format });
  const { wave, delivery, manifest, answerWithinMs, file } = format;
  return {
    wave,
    delivery,
    manifest,
    answerWithinMs,
    labels: null,
    render: (order): RenderedOrder => rows.make(order, null).map(comparedCells),
    preview: (order, context): RenderedOrder => rows.make(order, context).map(allCells),
    shape: fileShape(format),
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
