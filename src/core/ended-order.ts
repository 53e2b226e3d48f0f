/** A marketplace order that is open with us and that its store shows Canceled, or shipped by someone else. */
export interface EndedOrder {
  /** Of GoDataFeed, as it is named in the configuration. */
  readonly store: string;
  /** GoDataFeed's own number. */
  readonly orderNumber: string;
  readonly marketplace: string | null;
  readonly marketplaceNumber: string | null;
  readonly exigoOrderId: number;
}
