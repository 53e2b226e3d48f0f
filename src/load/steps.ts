import type { NoticeKind } from '../core/hand-over.js';
import type { StepDescription } from '../core/pipeline.js';

/** Writes the hand-over files of the 3PLs, one per wave; once per order and generation. */
export function threePlFile<S extends string>(options: { readonly step: S }) {
  return { kind: '3pl-file', ...options } as const satisfies StepDescription;
}

/**
 * Writes notices of orders to the 3PLs that have them, by that section of their templates, one file per wave; once per order
 * and generation.
 */
export function threePlNotice<S extends string>(options: { readonly step: S; readonly section: NoticeKind }) {
  return { kind: '3pl-notice', ...options } as const satisfies StepDescription;
}

/** Waits for what the 3PL answers, in the files of its inbox. */
export function threePlAnswer<S extends string, A extends string>(options: {
  readonly step: S;
  readonly after: A;
}) {
  return { kind: '3pl-answer', ...options } as const satisfies StepDescription;
}

/** Writes a table of the snapshot as a CSV file; once per change set and table. */
export function tableCsv<S extends string>(options: { readonly step: S }) {
  return { kind: 'table-csv', ...options } as const satisfies StepDescription;
}

/** Sets the Exigo status of orders whose earlier step is done; read before and after. */
export function exigoStatus<S extends string, A extends string>(options: {
  readonly step: S;
  readonly to: 'Printed' | 'Shipped';
  readonly after: A;
}) {
  return { kind: 'exigo-status', ...options } as const satisfies StepDescription;
}

/** Gives Exigo the tracking numbers and carriers of a shipment; once per order and what it is told. */
export function exigoTracking<S extends string>(options: { readonly step: S }) {
  return { kind: 'exigo-tracking', ...options } as const satisfies StepDescription;
}

/** Tells the marketplace of a shipment or cancellation; once per marketplace order and what it is told. */
export function godatafeedUpdate<S extends string>(options: { readonly step: S }) {
  return { kind: 'godatafeed-update', ...options } as const satisfies StepDescription;
}

/** Makes the order in Exigo, with its customer and payment; once per marketplace order. */
export function exigoCreateOrder<S extends string>(options: { readonly step: S }) {
  return { kind: 'exigo-create-order', ...options } as const satisfies StepDescription;
}

/** Tells GoDataFeed the order's number in Exigo, once that stands. */
export function godatafeedAcknowledge<S extends string, A extends string>(options: {
  readonly step: S;
  readonly after: A;
}) {
  return { kind: 'godatafeed-acknowledge', ...options } as const satisfies StepDescription;
}

/** Reports an order Canceled that a person will not fulfil: `release --as cancel`. */
export function godatafeedCancel<S extends string>(options: { readonly step: S }) {
  return { kind: 'godatafeed-cancel', ...options } as const satisfies StepDescription;
}

/** Cancels an order in Exigo that has not been handed over; the hand-over is blocked first. */
export function exigoCancel<S extends string>(options: { readonly step: S }) {
  return { kind: 'exigo-cancel', ...options } as const satisfies StepDescription;
}

/** Makes a return order in Exigo of goods that came back to a 3PL; once per order, file and rows. */
export function exigoReturnOrder<S extends string>(options: { readonly step: S }) {
  return { kind: 'exigo-return-order', ...options } as const satisfies StepDescription;
}
