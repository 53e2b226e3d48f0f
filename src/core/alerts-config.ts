import type { Cron } from './cron.js';

/** Who is told, and how. */
export interface AlertsConfig {
  /** Who this installation is, in subjects. */
  readonly name: string;
  /** Goes by the mail server of `mail`. */
  readonly mail: { readonly to: readonly string[] } | null;
  readonly webhook: AlertWebhookConfig | null;
  /** When the digest is sent; null: by hand alone. */
  readonly digest: Cron | null;
}

export interface AlertWebhookConfig {
  readonly url: string;
  /** Key of the HMAC. */
  readonly secret: string;
  readonly deadlineMs: number;
}
