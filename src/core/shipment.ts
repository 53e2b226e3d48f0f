import type { Answer, ParcelPolicy } from './confirmation.js';

/** Numbers that Exigo has room for. */
export const MOST_TRACKING_NUMBERS = 5;

/** A good row of a 3PL's file about an order, as it is kept. Instants in milliseconds. */
export interface SaidRow {
  /** Files are numbered in the order in which they were taken. */
  readonly fileId: number;
  readonly line: number;
  readonly file: string;
  /** When its file was taken. */
  readonly receivedAt: number;
  readonly answer: Answer;
  /** Null: it is about the whole order. */
  readonly itemCode: string | null;
  /** Exact decimal; null: all that is left of the line, or of the order. */
  readonly quantity: string | null;
  readonly tracking: readonly string[];
  /** By Exigo's name. */
  readonly carrier: string | null;
  readonly shipMethodId: number | null;
  /** `bare`: only the date is known, and `at` is that date with the time of the template. */
  readonly happened: { readonly at: number; readonly bare: boolean } | null;
  /** The 3PL's words. */
  readonly reason: string | null;
  /** An earlier file had the same row. */
  readonly repeats: boolean;
}

/** A line as it was handed over. */
export interface HandedLine {
  readonly itemCode: string;
  /** Exact decimal. */
  readonly quantity: string;
}

/** What a 3PL has said of one order so far, over all its files, and what it was given. */
export interface Shipment {
  /** The 3PL, by its template's name. */
  readonly threePl: string;
  /** In Exigo. */
  readonly orderId: number;
  /** Instant (ms). */
  readonly handedOverAt: number;
  /** Null when they are not kept any more: then what was shipped counts as all of it. */
  readonly lines: readonly HandedLine[] | null;
  /** As it was handed over; null when not known. */
  readonly shipMethodId: number | null;
  /** Oldest first: by file, then line. */
  readonly rows: readonly SaidRow[];
}

export interface TrackedParcel {
  readonly number: string;
  /** By Exigo's name; null where the 3PL does not say. */
  readonly carrier: string | null;
}

/** What Exigo is told of an order that left. Fixed when it is decided, so that a repeat is the same. */
export interface ShipmentNotice {
  readonly threePl: string;
  /** One to five, each once, in the 3PL's order. */
  readonly tracking: readonly TrackedParcel[];
  /** Null: as it is. */
  readonly shipMethodId: number | null;
  /** Instant (ms). */
  readonly shippedAt: number;
}

/** A shipment that is accounted for. */
export interface PlannedShipment {
  readonly notice: ShipmentNotice;
  /** What will never come. */
  readonly short: readonly HandedLine[];
  /** How long after the hand-over its file came (ms), where that is more than 60 days; else null. */
  readonly lateByMs: number | null;
  /** Numbers that Exigo has no room for. */
  readonly leftOut: readonly string[];
}

/** What follows from all that a 3PL has said of an order. */
export type Collected =
  /** It has the order (`accepted`), or says nothing that concerns its shipment. */
  | { readonly says: 'accepted' | 'nothing'; readonly reason: string }
  | { readonly says: 'refused'; readonly reason: string }
  | { readonly says: 'waiting'; readonly missing: readonly HandedLine[]; readonly reason: string }
  | ({ readonly says: 'shipped' } & PlannedShipment)
  | { readonly says: 'canceled'; readonly reason: string }
  /** It cannot all be true, or it does not go with the order: a person decides. */
  | { readonly says: 'contradiction'; readonly code: string; readonly reason: string };

/** Judges what a 3PL has said. Pure. */
export type Collector = (shipment: Shipment, parcels: ParcelPolicy) => Collected;
