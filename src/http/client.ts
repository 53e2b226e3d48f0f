import http from 'node:http';
import https from 'node:https';
import axios, { type AxiosResponse } from 'axios';
import { type Clock, SECOND } from '../core/clock.js';
import { codeOf, messageOf, StoppedError, TerminalError } from '../core/errors.js';
import { checkBaseUrl } from './address.js';
import { noAnswer, notSent, type RequestFacts, refusal, tooLarge, wordsOf } from './failures.js';
import { encodeJson, type Json, parseJson } from './json.js';
import { wordsOfMany, wordsRedactor } from './redact.js';
import { retryAfterMs } from './retry-after.js';
import { watchSending } from './sending.js';

/** Most bytes of a request or of an unpacked reply. A vendor's client had to go to 20 MB for GetOrders. */
const MAX_BYTES = 20_000_000;
/** An idle connection is closed before the usual server or load balancer does it (60 s and more). */
const IDLE_TIMEOUT = 15 * SECOND;
const MAX_SOCKETS = 16;

export interface HttpClientOptions {
  /** Begins every message: `Exigo API`. */
  readonly name: string;
  /** Without trailing slash; https, plain http for this machine alone. */
  readonly baseUrl: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Taken out of whatever a server says before it reaches a message. */
  readonly secrets: readonly string[];
  /** Total time of one request, from its start to the last byte of the reply. */
  readonly deadlineMs: number;
  /** Dates a `Retry-After`. The deadline runs on real time, as sockets do. */
  readonly clock: Clock;
  /** Default 20,000,000. */
  readonly maxBytes?: number;
  /** What to look at when the server answers 401 or 403. */
  readonly credentialsHint?: string;
  /** Told of the `Date` header of every answer that has one. */
  readonly onDate?: ((date: string) => void) | undefined;
  /** Once aborted, no request begins any more; one that has begun is finished or ends at its deadline. */
  readonly signal?: AbortSignal | undefined;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the base address, `/orders`; appears in messages. */
  readonly path: string;
  /** Where it really goes below the base address, when that holds a secret; appears nowhere. */
  readonly address?: string;
  /** Credentials that change from request to request, besides the client's headers; appear nowhere. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Taken out of messages besides the client's secrets. */
  readonly secrets?: readonly string[];
  /** Encoded query without `?`; appears nowhere. */
  readonly query?: string;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** It asks for orders of many people: an error says what the server said only where that names nobody. */
  readonly ofMany?: boolean;
  /** Default: every method but GET. */
  readonly mutates?: boolean;
  /**
   * `exact` (default) keeps decimals as text, `fast` is plain JSON.parse for replies read for ids and names, `none`: any
   * answer is as good as another, and its body is null.
   */
  readonly parse?: 'exact' | 'fast' | 'none';
}

export interface HttpReply {
  readonly status: number;
  /** Parsed JSON; null for an empty 204. */
  readonly body: Json;
  /** The body as it came. */
  readonly text: string;
  /** A reply header by its lower-case name. */
  header(name: string): string | undefined;
}

export interface HttpClient {
  /**
   * Sends one request; never retries, never follows a redirect, uses no proxy. Resolves for 2xx alone.
   * Throws TransientError (nothing was done), UnknownOutcomeError (a change whose answer is lost),
   * TerminalError (refused), ConfigurationError (credentials, permission, address) or StoppedError.
   */
  request(request: HttpRequest): Promise<HttpReply>;
  /** Closes the connections; for when no request is running any more. */
  close(): void;
}

const PARSERS: Readonly<Record<NonNullable<HttpRequest['parse']>, (text: string) => Json>> = {
  exact: parseJson,
  fast: (text) => JSON.parse(text) as Json,
  none: () => null,
};

/** The one way to HTTP: every call of the product goes through a client made here. */
export function createHttpClient(options: HttpClientOptions): HttpClient {
  const base = checkBaseUrl(options.name, options.baseUrl);
  const secure = base.protocol === 'https:';
  const maxBytes = options.maxBytes ?? MAX_BYTES;
  const pool = { keepAlive: true, maxSockets: MAX_SOCKETS, timeout: IDLE_TIMEOUT };
  const agent = secure ? new https.Agent(pool) : new http.Agent(pool);
  const baseUrl = base.href.replace(/\/+$/, '');
  const api = axios.create({
    ...(secure ? { httpsAgent: agent } : { httpAgent: agent }),
    headers: { Accept: 'application/json', 'User-Agent': 'orderferry', ...options.headers },
    maxRedirects: 0,
    maxContentLength: maxBytes,
    maxBodyLength: maxBytes,
    proxy: false,
    responseType: 'text',
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
    validateStatus: () => true,
  });

  async function send(
    request: HttpRequest,
    facts: RequestFacts,
    body: Buffer | undefined,
  ): Promise<AxiosResponse<unknown>> {
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), options.deadlineMs);
    const sending = watchSending(secure);
    try {
      return await api.request<unknown>({
        method: request.method,
        url: `${baseUrl}${request.address ?? request.path}${request.query ? `?${request.query}` : ''}`,
        ...(body === undefined ? {} : { data: body }),
        headers: {
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
          ...request.headers,
        },
        signal: deadline.signal,
        transport: sending.transport,
      });
    } catch (error) {
      // The axios error holds the headers, so it goes no further: not as a cause, not as a text.
      const late = deadline.signal.aborted;
      if (!sending.begun()) {
        throw notSent(facts, late ? `not within ${options.deadlineMs} ms` : (codeOf(error) ?? 'unknown'));
      }
      if (late) throw noAnswer(facts, 'TIMEOUT', `no complete answer within ${options.deadlineMs} ms`);
      if (messageOf(error).startsWith('maxContentLength')) {
        throw tooLarge(facts, maxBytes);
      }
      throw noAnswer(facts, 'CONNECTION_LOST', `the connection was cut (${codeOf(error) ?? 'unknown'})`);
    } finally {
      clearTimeout(timer);
    }
  }

  function encode(request: HttpRequest, facts: RequestFacts): Buffer | undefined {
    if (request.body === undefined) return undefined;
    const body = Buffer.from(encodeJson(request.body));
    if (body.length <= maxBytes) return body;
    throw new TerminalError(
      'REQUEST_TOO_LARGE',
      `${facts.label}: a request of ${body.length} bytes is larger than ${maxBytes}; it was not sent`,
    );
  }

  return {
    async request(request) {
      if (options.signal?.aborted) throw new StoppedError();
      const facts: RequestFacts = {
        label: `${options.name} ${request.method} ${request.path}`,
        mutates: request.mutates ?? request.method !== 'GET',
      };
      const reply = await send(request, facts, encode(request, facts));
      const text = typeof reply.data === 'string' ? reply.data : '';
      const body = attempt(PARSERS[request.parse ?? 'exact'], text);
      const header = (name: string) => headerOf(reply, name);
      const date = header('date');
      if (date !== undefined) options.onDate?.(date);
      if (reply.status < 200 || reply.status > 299) {
        const redact = wordsRedactor([...options.secrets, ...(request.secrets ?? [])], request.body);
        throw refusal(facts, {
          status: reply.status,
          words: wordsOf(body, text, request.ofMany === true ? wordsOfMany(redact, reply.status) : redact),
          retryAfterMs: retryAfterMs(header('retry-after'), options.clock.now()),
          redirectHost: hostOf(header('location'), baseUrl),
          credentialsHint: options.credentialsHint ?? 'check the credentials',
        });
      }
      if (body !== undefined) return { status: reply.status, body, text, header };
      if (reply.status === 204) return { status: reply.status, body: null, text, header };
      throw noAnswer(facts, 'REPLY_UNREADABLE', `answered ${reply.status} with a body that is no JSON`);
    },
    close: () => agent.destroy(),
  };
}

function attempt(parse: (text: string) => Json, text: string): Json | undefined {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function headerOf(reply: AxiosResponse<unknown>, name: string): string | undefined {
  const value: unknown = reply.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function hostOf(location: string | undefined, baseUrl: string): string | undefined {
  return location !== undefined && URL.canParse(location, baseUrl)
    ? new URL(location, baseUrl).host
    : undefined;
}
