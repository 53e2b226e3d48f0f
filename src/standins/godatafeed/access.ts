import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.js';

export type Scope = 'Orders Read' | 'Orders Update';

export interface AccessRules {
  readonly consumerKey: string;
  /** Default `path`: `/v1/{token}/orders`. */
  readonly tokenPlacement: 'path' | 'bearerHeader' | 'rawHeader' | 'query';
  /** Header of `rawHeader`, parameter of `query`. */
  readonly tokenName: string;
  readonly keyIn: 'query' | 'path' | 'header' | 'body';
  readonly keyName: string;
  /** Null: never. */
  readonly tokenLifespanMs: number | null;
  /** Whether a new token ends the one before. */
  readonly newTokenEndsOld: boolean;
}

export interface Call {
  readonly method: string;
  /** Below `/v1`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Consumer key and tokens: who may call. */
export class Access {
  /** Taken away, a call that needs it is refused as with a bad token. */
  readonly scopes = new Set<Scope>(['Orders Read', 'Orders Update']);
  /** The caller's address is not on the key's list. */
  addressRefused = false;
  private readonly tokens = new Map<string, number>();
  private made = 0;

  constructor(
    private readonly rules: AccessRules,
    private readonly clock: Clock,
  ) {}

  /** A new token for the right key, with its end (ms; null: never); null for another key. */
  authorize(call: Call): { readonly token: string; readonly endsAt: number | null } | null {
    if (this.addressRefused || this.keyOf(call) !== this.rules.consumerKey) return null;
    if (this.rules.newTokenEndsOld) this.tokens.clear();
    const token = createHash('md5')
      .update(`${this.rules.consumerKey} ${++this.made}`)
      .digest('hex');
    const { tokenLifespanMs: lifespan } = this.rules;
    const endsAt = lifespan === null ? null : this.clock.now() + lifespan;
    this.tokens.set(token, endsAt ?? Number.POSITIVE_INFINITY);
    return { token, endsAt };
  }

  isAuthorization(path: string): boolean {
    const inPath = this.rules.keyIn === 'path';
    return inPath ? /^\/authorization\/[^/]+$/.test(path) : path === '/authorization';
  }

  /** The call without its token; null when it has none where it should be, or a wrong one. */
  admit(call: Call): Call | null {
    const { tokenPlacement: placement, tokenName } = this.rules;
    const [, first = '', rest = ''] = /^\/([^/]*)(.*)$/.exec(call.path) ?? [];
    const header = (name: string) => String(call.headers[name.toLowerCase()] ?? '');
    const token = {
      path: first,
      bearerHeader: header('Authorization').replace(/^Bearer /, ''),
      rawHeader: header(tokenName),
      query: call.query.get(tokenName) ?? '',
    }[placement];
    const endsAt = this.tokens.get(token);
    if (endsAt === undefined || endsAt <= this.clock.now() || this.addressRefused) return null;
    return placement === 'path' ? { ...call, path: rest } : call;
  }

  /** Every token ends now. */
  expire(): void {
    this.tokens.clear();
  }

  private keyOf(call: Call): string {
    const { keyIn, keyName } = this.rules;
    if (keyIn === 'path') return decodeURIComponent(call.path.split('/').at(-1) ?? '');
    if (keyIn === 'header') return String(call.headers[keyName.toLowerCase()] ?? '');
    if (keyIn === 'query') return call.query.get(keyName) ?? '';
    const body = parseBody(call.body);
    return String(body[keyName] ?? '');
  }
}

export function parseBody(text: string): Readonly<Record<string, unknown>> {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
