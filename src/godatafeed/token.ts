import type { Clock } from '../core/clock.js';
import { MINUTE } from '../core/clock.js';
import { ConfigurationError } from '../core/errors.js';
import type { GoDataFeedStore } from '../core/godatafeed.js';
import type { Priority } from '../core/rate.js';
import type { Json } from '../http/json.js';
import { firstOf, textOf } from './envelope.js';
import { instantOf } from './instant.js';

/** A token is renewed this long before its end, so that no call meets it. */
const EARLY = MINUTE;
/** A token that was refused within this time of its making is not old: another one would be refused, too. */
const FRESH = MINUTE;

interface Token {
  readonly text: string;
  readonly madeAt: number;
  /** Instant (ms). */
  readonly endsAt: number;
  /** A call was answered with it. */
  good: boolean;
}

export interface TokenKeeperOptions {
  readonly store: GoDataFeedStore;
  readonly clock: Clock;
  /** One authorization call; its body. */
  readonly authorize: (priority: Priority) => Promise<Json>;
  /** Every token as soon as it is known, so that it is kept out of logs. */
  readonly onToken: (token: string) => void;
}

/** Keeps the token of a store until its lifespan ends. Calls that need one at the same time share one request. */
export class TokenKeeper {
  /** Every token there was: an answer may speak of an old one. */
  readonly known: string[] = [];
  private token: Token | null = null;
  private pending: Promise<Token> | null = null;

  constructor(private readonly options: TokenKeeperOptions) {
    const { store, clock } = options;
    if (store.token === null) return;
    this.token = { text: store.token, madeAt: clock.now(), endsAt: Number.POSITIVE_INFINITY, good: false };
    this.learn(store.token);
  }

  /** The token to use; makes one when there is none or its time is over. */
  async current(priority: Priority): Promise<string> {
    const { token } = this;
    if (token !== null && this.options.clock.now() < token.endsAt - EARLY) return token.text;
    return (await this.make(priority)).text;
  }

  /** A token that is not the refused one; null when renewing cannot help. */
  async renew(refused: string, priority: Priority): Promise<string | null> {
    const { store, clock } = this.options;
    const { token } = this;
    if (token !== null && token.text !== refused) return token.text;
    if (store.consumerKey === null) return null;
    if (token !== null && !token.good && clock.now() - token.madeAt < FRESH) return null;
    return (await this.make(priority)).text;
  }

  /** A call was answered with this token. */
  worked(text: string): void {
    if (this.token?.text === text) this.token.good = true;
  }

  private make(priority: Priority): Promise<Token> {
    this.pending ??= this.ask(priority).finally(() => {
      this.pending = null;
    });
    return this.pending;
  }

  private async ask(priority: Priority): Promise<Token> {
    const { store, clock, authorize } = this.options;
    const { auth } = store;
    const body = await authorize(priority);
    const text = textOf(firstOf(body, auth.tokenFields)) ?? (typeof body === 'string' ? body : null);
    if (text === null) {
      throw new ConfigurationError(
        `GoDataFeed store ${store.name}: the answer to ${auth.method} ${auth.path} has no token under ${auth.tokenFields.join(', ')}; set auth.tokenFields`,
      );
    }
    this.learn(text);
    const madeAt = clock.now();
    const said = instantOf(textOf(firstOf(body, auth.expiryFields)));
    const endsAt = said ?? madeAt + (auth.lifespanMs ?? Number.POSITIVE_INFINITY);
    this.token = { text, madeAt, endsAt, good: false };
    return this.token;
  }

  private learn(token: string): void {
    if (!this.known.includes(token)) this.known.push(token);
    this.options.onToken(token);
  }
}
