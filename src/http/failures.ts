import {
  AccessError,
  ConfigurationError,
  TerminalError,
  TransientError,
  UnknownOutcomeError,
} from '../core/errors.js';
import { isObject, type Json, member } from './json.js';

/** What an error may say about a request: never its query, headers or body. */
export interface RequestFacts {
  /** `Exigo API POST /orders/statusbatch`: begins every message. */
  readonly label: string;
  /** Whether it may have changed something over there. */
  readonly mutates: boolean;
}

export interface ReplyFacts {
  readonly status: number;
  /** The server's own words, shortened and without secrets; empty when it said nothing. */
  readonly words: string;
  readonly retryAfterMs: number | undefined;
  /** Host of a redirect's target. */
  readonly redirectHost: string | undefined;
  /** What to look at when the server refuses the credentials. */
  readonly credentialsHint: string;
}

/** The request never left: no connection (refused, DNS, TLS), or the time was over before there was one. */
export function notSent({ label }: RequestFacts, reason: string): TransientError {
  return new TransientError('NOT_CONNECTED', `${label}: no connection (${reason}); nothing was sent`);
}

/** The request left, but its answer did not arrive, or not whole, or not readable. */
export function noAnswer(
  { label, mutates }: RequestFacts,
  code: string,
  reason: string,
): TransientError | UnknownOutcomeError {
  return mutates
    ? new UnknownOutcomeError(
        code,
        `${label}: ${reason}; it may have been carried out, so the state is read back first`,
      )
    : new TransientError(code, `${label}: ${reason}; nothing was changed, it is read again later`);
}

/** The reply went over the size cap and was dropped. A read would run into the cap again. */
export function tooLarge(request: RequestFacts, maxBytes: number): TerminalError | UnknownOutcomeError {
  const reason = `the answer is larger than ${maxBytes} bytes and was dropped`;
  if (request.mutates) {
    return new UnknownOutcomeError(
      'REPLY_TOO_LARGE',
      `${request.label}: ${reason}; it may have been carried out, so the state is read back first`,
    );
  }
  return new TerminalError('REPLY_TOO_LARGE', `${request.label}: ${reason}; ask for less at a time`);
}

/** The error that a status other than 2xx stands for. */
export function refusal(request: RequestFacts, reply: ReplyFacts): Error {
  const { label } = request;
  const { status, words } = reply;
  const said = words === '' ? '' : `: ${words}`;
  if (status === 429 || status === 503) {
    const { retryAfterMs } = reply;
    const meaning = status === 429 ? 'too many requests' : 'not available';
    const wait = retryAfterMs === undefined ? '' : `, asked to wait ${retryAfterMs} ms`;
    return new TransientError(
      `HTTP_${status}`,
      `${label}: answered ${status} (${meaning}${wait})${said}; nothing was done`,
      { retryAfterMs },
    );
  }
  if (status >= 500 || status === 408) {
    return noAnswer(request, `HTTP_${status}`, `answered ${status}${said}`);
  }
  if (status === 401 || status === 403) {
    return new AccessError(
      status,
      `${label}: answered ${status} (credentials or permission refused)${said}; ${reply.credentialsHint}`,
    );
  }
  if (status >= 300 && status < 400) {
    const target = reply.redirectHost === undefined ? '' : ` to ${reply.redirectHost}`;
    return new ConfigurationError(
      `${label}: answered ${status}, a redirect${target}; redirects are not followed, because they would carry the credentials along: check the base address`,
    );
  }
  return new TerminalError(
    `HTTP_${status}`,
    `${label}: answered ${status}${said}; the same request would be refused again`,
  );
}

const MAX_WORDS = 500;
const MEMBERS = ['errors', 'message', 'error', 'errorMessage', 'detail', 'title'];

/**
 * The server's words in a reply, wherever it put them (no vendor page shows a failing body): top-level
 * `errors`, `message`, `error`, `errorMessage`, or the same inside `result`. A page of HTML is not quoted.
 */
export function wordsOf(body: Json | undefined, text: string, redact: (text: string) => string): string {
  const found = body === undefined ? [] : [...collect(member(body, 'result')), ...collect(body)];
  // Redacted before it is shortened: half a secret is still one.
  if (found.length > 0) return shorten(redact([...new Set(found)].join('; ')));
  return body !== undefined || /^\s*</.test(text) ? '' : shorten(redact(text));
}

function collect(body: Json | undefined): string[] {
  if (typeof body === 'string') return [body];
  return MEMBERS.flatMap((name) => texts(member(body, name)));
}

/** Texts of an error value: a string, a list of strings or objects, or lists by field name. */
export function texts(value: Json | undefined): string[] {
  if (typeof value === 'string') return value.trim() === '' ? [] : [value.trim()];
  if (typeof value === 'number') return [String(value)];
  if (Array.isArray(value)) return value.flatMap((one: Json) => texts(one));
  if (!isObject(value)) return [];
  const inner = MEMBERS.flatMap((name) => texts(member(value, name)));
  return inner.length > 0 ? inner : Object.values(value).flatMap(texts);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= MAX_WORDS ? line : `${line.slice(0, MAX_WORDS)} ...`;
}
