import {
  ConfigurationError,
  messageOf,
  OrderferryError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../core/errors.js';

/** What the SMTP client says of what went wrong. */
interface SmtpFault {
  /** `EAUTH`, `EENVELOPE`, `ETLS`, `ESOCKET` ... */
  readonly code?: unknown;
  /** Of the error beneath it: `ECONNREFUSED`, `CERT_HAS_EXPIRED` ... */
  readonly originalCode?: unknown;
  /** Of the server's answer, when there was one. */
  readonly responseCode?: unknown;
}

/** Login refused or wanted, TLS wanted (RFC 4954, 3207). */
const ACCESS = new Set([530, 534, 535, 538]);
/** Of Node, for a certificate that does not stand. */
const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_|_TLS_|ERR_SSL/;

/**
 * The class of an SMTP failure. A server that has the whole mail and has not answered may have taken it; before
 * its last line it cannot have (RFC 5321, 4.1.1.4). `wasWhole`: the last line has left.
 */
export function classified(error: unknown, where: string, wasWhole: boolean): OrderferryError {
  if (error instanceof OrderferryError) return error;
  const { code, originalCode, responseCode } = error as SmtpFault;
  const words = messageOf(error).replace(/\s+/g, ' ').slice(0, 300);
  const status = typeof responseCode === 'number' ? responseCode : 0;
  const options = { cause: error };
  if (wasWhole && code !== 'EMESSAGE') {
    return new UnknownOutcomeError(
      'MAIL_UNANSWERED',
      `${where}: the mail left whole and was not answered (${words}); it may have been taken`,
      options,
    );
  }
  const isTls = code === 'ETLS' || CERTIFICATE.test(String(originalCode ?? ''));
  if (isTls || ACCESS.has(status) || (code === 'EAUTH' && !isLater(status))) {
    const what = isTls ? 'no safe connection' : 'the login was refused';
    const mend = isTls ? 'secure, port and caFile' : 'user and password';
    return new ConfigurationError(
      `${where}: ${what} (${words}); nothing was sent, mend mail: ${mend}`,
      options,
    );
  }
  const isRefused = code === 'EENVELOPE' || code === 'EMESSAGE';
  if (status >= 500 || (isRefused && status === 0)) {
    return new TerminalError('MAIL_REFUSED', `${where}: refused the mail (${words})`, options);
  }
  return new TransientError(
    'MAIL_NOT_SENT',
    `${where}: the mail was not taken (${words}); nothing was sent`,
    options,
  );
}

function isLater(status: number): boolean {
  return status >= 400 && status < 500;
}
