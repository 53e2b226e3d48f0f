import type { Clock } from '../core/clock.js';
import { AccessError, ConfigurationError, codeOf, messageOf, TerminalError } from '../core/errors.js';
import type { GoDataFeedStore } from '../core/godatafeed.js';
import type { Priority, RateGate } from '../core/rate.js';
import { createHttpClient, type HttpReply, type HttpRequest } from '../http/client.js';
import { wordsOfMany, wordsRedactor } from '../http/redact.js';
import { checkEnvelope } from './envelope.js';
import { TokenKeeper } from './token.js';

export interface CallerOptions {
  readonly clock: Clock;
  /** The bucket of the store's consumer key. */
  readonly gate: RateGate;
  readonly signal?: AbortSignal | undefined;
  /** Every token as soon as it is known, for whoever keeps secrets out of logs. */
  readonly onToken?: (token: string) => void;
  /** Told of the `Date` header of every answer. */
  readonly onDate?: ((date: string) => void) | undefined;
}

const HINT =
  'check the consumer key, its scopes and its list of addresses; "orderferry doctor" tries the known forms of the call';

export interface FeedCall {
  readonly method: HttpRequest['method'];
  /** Below the base address, ready to be sent. */
  readonly path: string;
  readonly query?: URLSearchParams;
  readonly body?: unknown;
  readonly priority: Priority;
  /** Which setting has the path, `paths.count`: named when the server does not know it. */
  readonly setting: string;
  /** 404 may mean that there is no such order. */
  readonly ofOrder?: boolean;
  /** It asks for a list: see {@link HttpRequest.ofMany}. */
  readonly ofMany?: boolean;
  /** Called when the budget has let it pass, right before it leaves: when it throws, nothing leaves. */
  readonly guard?: (() => Promise<void>) | undefined;
}

/** Makes the calls of one store: through its bucket, with its token, and read by the rules of the envelope. */
export class Caller {
  readonly name: string;
  private readonly http: ReturnType<typeof createHttpClient>;
  private readonly tokens: TokenKeeper;

  constructor(
    private readonly store: GoDataFeedStore,
    private readonly options: CallerOptions,
  ) {
    this.name = `GoDataFeed store ${store.name}`;
    this.http = createHttpClient({
      name: this.name,
      baseUrl: store.baseUrl,
      headers: {},
      secrets: spelled([store.consumerKey, store.token]),
      deadlineMs: store.deadlineMs,
      clock: options.clock,
      signal: options.signal,
      maxBytes: store.maxBytes,
      onDate: options.onDate,
      credentialsHint: HINT,
    });
    this.tokens = new TokenKeeper({
      store,
      clock: options.clock,
      authorize: async (priority) => (await this.authorize(priority)).body,
      onToken: (token) => options.onToken?.(token),
    });
  }

  /**
   * One call. Throws what {@link HttpClient} throws, TerminalError `GODATAFEED_REFUSED` for `Success: false`, and
   * ConfigurationError when a path, verb, scope or address is refused. A 401 with a token that may be old makes a new
   * one and tries once more: nothing was done by then.
   */
  async call(call: FeedCall): Promise<HttpReply> {
    const token = await this.tokens.current(call.priority);
    try {
      return await this.send(call, token);
    } catch (error) {
      if (!(error instanceof AccessError) || error.status !== 401) throw error;
      const renewed = await this.tokens.renew(token, call.priority);
      if (renewed === null) throw this.refusal(error);
      return await this.send(call, renewed).catch((again: unknown) => {
        throw again instanceof AccessError && again.status === 401 ? this.refusal(again) : again;
      });
    }
  }

  /** Makes a token, unless there is one. */
  async authorized(): Promise<void> {
    await this.tokens.current('status');
  }

  close(): void {
    this.http.close();
  }

  private async send(call: FeedCall, token: string): Promise<HttpReply> {
    const { tokenPlacement: placement, tokenName } = this.store;
    const query = new URLSearchParams(call.query);
    if (placement === 'query') query.set(tokenName, token);
    const request: HttpRequest = {
      method: call.method,
      path: call.path,
      ...(placement === 'path' ? { address: `/${encodeURIComponent(token)}${call.path}` } : {}),
      ...(placement === 'bearerHeader' ? { headers: { Authorization: `Bearer ${token}` } } : {}),
      ...(placement === 'rawHeader' ? { headers: { [tokenName]: token } } : {}),
      query: query.toString(),
      ...(call.ofMany === true ? { ofMany: true } : {}),
      ...(call.body === undefined ? {} : { body: call.body }),
      secrets: spelled(this.tokens.known),
    };
    try {
      const reply = await this.request(call, request);
      this.tokens.worked(token);
      return reply;
    } catch (error) {
      // Who refuses an order has accepted the token.
      if (error instanceof TerminalError) this.tokens.worked(token);
      throw error;
    }
  }

  /** The call that makes a token of the consumer key; it counts in the bucket like any other. */
  private async authorize(priority: Priority): Promise<HttpReply> {
    const { auth, consumerKey } = this.store;
    const key = consumerKey ?? '';
    const inPath = auth.path.includes(':consumerKey') ? auth.path : `${auth.path}/:consumerKey`;
    const { keyIn, keyName, method } = auth;
    const path = keyIn === 'path' ? inPath : auth.path;
    const call: FeedCall = { method, path, priority, setting: 'auth.path' };
    return this.request(call, {
      method,
      path,
      mutates: false,
      ofMany: true, // it is about no order, so nobody's names are known
      ...(keyIn === 'path' ? { address: path.replace(':consumerKey', encodeURIComponent(key)) } : {}),
      ...(keyIn === 'query' ? { query: new URLSearchParams({ [keyName]: key }).toString() } : {}),
      ...(keyIn === 'header' ? { headers: { [keyName]: key } } : {}),
      ...(keyIn === 'body' ? { body: { [keyName]: key } } : {}),
      secrets: spelled(this.tokens.known),
    });
  }

  private async request(call: FeedCall, request: HttpRequest): Promise<HttpReply> {
    try {
      const reply = await this.options.gate.pass(call.priority, async () => {
        await call.guard?.();
        return this.http.request(request);
      });
      const label = `${this.name} ${request.method} ${request.path}`;
      const secrets = spelled([this.store.consumerKey, this.store.token, ...this.tokens.known]);
      const facts = { label, mutates: request.mutates ?? request.method !== 'GET' };
      const redact = wordsRedactor(secrets, request.body);
      const words = call.ofMany === true ? wordsOfMany(redact, null) : redact;
      checkEnvelope(facts, reply.body, this.store.envelope, words);
      return reply;
    } catch (error) {
      throw this.isWrongForm(call, codeOf(error)) ? this.wrongForm(call, error) : error;
    }
  }

  /** A path, verb or format that the server does not know. */
  private isWrongForm(call: FeedCall, code: string | undefined): boolean {
    if (code === 'HTTP_404') return call.ofOrder !== true;
    return code === 'HTTP_405' || code === 'HTTP_406' || code === 'HTTP_410';
  }

  private wrongForm(call: FeedCall, error: unknown): ConfigurationError {
    return new ConfigurationError(
      `${messageOf(error)}; this tenant's API has another form: check ${call.setting} and its method, "orderferry doctor" tries the known forms`,
    );
  }

  private refusal(error: AccessError): ConfigurationError {
    const why =
      this.store.consumerKey === null
        ? "the token given in the configuration is over, or its key lacks the scope (Orders Read, Orders Update) or this machine's address; give another token or the consumer key"
        : "a new token was refused as well, so it is not its age: the consumer key lacks the scope (Orders Read to read, Orders Update to acknowledge and ship), or this machine's address is not on its list";
    return new ConfigurationError(`${error.message.replace(`; ${HINT}`, '')}; ${why}`);
  }
}

/** Secrets in all the spellings in which a server may repeat them. */
function spelled(secrets: readonly (string | null)[]): string[] {
  return secrets.flatMap((one) => {
    if (one === null || one === '') return [];
    return [
      one,
      encodeURIComponent(one),
      new URLSearchParams({ '': one }).toString().slice(1),
      JSON.stringify(one).slice(1, -1),
    ];
  });
}
