/** What a 3PL has said of one order so far, over all its files. */
export interface Shipment {
  /** The 3PL, by its template's name. */
  readonly threePl: string;
  /** In Exigo. */
  readonly orderId: number;
}
