/** What somebody is told, for every channel in its own form. */
export interface AlertMessage {
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** For programs: the same facts. */
  readonly data: unknown;
}

/** A way to tell somebody; design section 5: at most once, losing one is allowed, doubling is not. */
export interface AlertChannel {
  readonly name: 'mail' | 'webhook';
  /** Tells it once, and gives what proves it. Errors as of `Mailer.send`. */
  tell(message: AlertMessage): Promise<string>;
}
