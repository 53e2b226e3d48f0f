import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { type Clock, HOUR } from '../../core/clock.js';
import type { Notice } from './layout.js';

const LIFETIME = 12 * HOUR;
/** Sessions and notices kept; the oldest go first, so that nobody fills the memory. */
const MOST = 1_000;

/**
 * Who is logged in, in this process alone: after a restart everybody logs in again. A visitor goes by a random number in a
 * cookie; here is kept only its hash.
 */
export class Sessions {
  private readonly loggedIn = new Map<string, number>();
  private readonly notices = new Map<string, Notice>();
  private readonly key = randomBytes(32);

  constructor(private readonly clock: Clock) {}

  /** A visitor nobody knows yet. */
  static newId(): string {
    return randomBytes(32).toString('base64url');
  }

  static isId(text: string | undefined): text is string {
    return text !== undefined && /^[\w-]{43}$/.test(text);
  }

  /** Logs in under a number that was never seen before the password was right. */
  begin(): string {
    const id = Sessions.newId();
    keep(this.loggedIn, hashOf(id), this.clock.now() + LIFETIME);
    return id;
  }

  has(id: string): boolean {
    return (this.loggedIn.get(hashOf(id)) ?? 0) > this.clock.now();
  }

  end(id: string): void {
    this.loggedIn.delete(hashOf(id));
  }

  /** What forms of this visitor carry. */
  csrf(id: string): string {
    return createHmac('sha256', this.key).update(`form ${id}`).digest('base64url');
  }

  isCsrf(id: string, token: unknown): boolean {
    return typeof token === 'string' && sameText(this.csrf(id), token);
  }

  /** What the next page of this visitor says once. */
  tell(id: string, notice: Notice): void {
    keep(this.notices, hashOf(id), notice);
  }

  told(id: string): Notice | null {
    const notice = this.notices.get(hashOf(id)) ?? null;
    this.notices.delete(hashOf(id));
    return notice;
  }
}

/** Whether two texts are the same, in a time that does not tell how far they are. */
export function sameText(one: string, other: string): boolean {
  const key = randomBytes(32);
  const digest = (text: string) => createHmac('sha256', key).update(text, 'utf8').digest();
  return timingSafeEqual(digest(one), digest(other));
}

function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

function keep<T>(map: Map<string, T>, key: string, value: T): void {
  map.delete(key);
  map.set(key, value);
  const [oldest] = map.keys();
  if (map.size > MOST && oldest !== undefined) map.delete(oldest);
}
