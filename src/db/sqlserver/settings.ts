/** In milliseconds. Shorter than a lease, so that who waits for a lock still has its lease afterwards. */
const LOCK_TIMEOUT = 20_000;

/**
 * Of each batch of a transaction, since a pooled connection keeps what the one before it set, and since what a batch
 * with parameters sets ends with it. We wait for others' locks, but not for ever, and in a deadlock we are the
 * victim, never the sync engine: what we do is repeated, what it does is not.
 */
const SETTINGS = `SET XACT_ABORT ON; SET IMPLICIT_TRANSACTIONS OFF; SET LOCK_TIMEOUT ${LOCK_TIMEOUT}; SET DEADLOCK_PRIORITY LOW;\n`;

/** What has to be alone in its batch. */
const ALONE = /^(\s|--.*\n)*(CREATE|ALTER)\s+(SCHEMA|PROCEDURE|VIEW|FUNCTION|TRIGGER)\b/i;

/** A batch of a transaction, under our settings; they cost no round trip of their own. */
export function withSettings(text: string): string {
  return ALONE.test(text) ? text : SETTINGS + text;
}
