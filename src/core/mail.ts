/** What goes with a mail. */
export interface MailAttachment {
  readonly name: string;
  /** `application/pdf`. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

export interface Mail {
  /** Addresses, `dock@atlas.example`; at least one. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** The same as HTML, for readers that show it. */
  readonly html?: string;
  readonly attachments?: readonly MailAttachment[];
}

/** What the mail server has answered. */
export interface SentMail {
  /** Its words, with the mail's Message-ID: what a postmaster can look it up by. */
  readonly receipt: string;
  /** Addresses that it refused while it took the others. */
  readonly refused: readonly string[];
}

/**
 * Sends mail. A mail shows nothing of itself afterwards, so whoever sends one that must not come twice commits the
 * intent before and the receipt after, and leaves one without a receipt to a person (design section 5).
 */
export interface Mailer {
  /** For messages and events: `mail server smtp.example.com:587`. */
  readonly description: string;
  /**
   * One mail, once: it is never repeated in here. Throws TransientError (nothing was sent: no connection, the server
   * wants it later), TerminalError (refused: address, content, size), UnknownOutcomeError (all of it left, and no answer
   * came), ConfigurationError (login, TLS).
   */
  send(mail: Mail): Promise<SentMail>;
}

/** `dock@atlas.example`: one address without a name. */
export const MAIL_ADDRESS = /^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/;
