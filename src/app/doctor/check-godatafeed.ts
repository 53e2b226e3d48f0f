import type { Clock } from '../../core/clock.js';
import { AccessError, ConfigurationError, codeOf, messageOf, TerminalError } from '../../core/errors.js';
import { type GoDataFeedStore, KEY_PLACES, TOKEN_PLACEMENTS } from '../../core/godatafeed.js';
import type { RateGate } from '../../core/rate.js';
import { createGoDataFeedClient } from '../../godatafeed/client.js';
import { rateGate } from '../../rate/gate.js';
import { memoryBucket } from '../../rate/store.js';
import { EXIT, exitCodeOf } from '../process.js';
import { type Check, failed, passed } from './check.js';
import { checkDate } from './check-clock.js';

/** The two harmless calls a store is looked at with; reject with the classes of `core/errors`. */
export interface FeedProbe {
  /** Makes a token of the consumer key, in the store's form. */
  token(store: GoDataFeedStore): Promise<string>;
  /** Counts new orders with a token that is given; with the answer's `Date` header, if it had one. */
  count(store: GoDataFeedStore): Promise<{ readonly orders: number; readonly date: string | null }>;
}

type Form = Readonly<Record<string, string>>;
interface Variant {
  /** Settings that differ from what is configured. */
  readonly form: Form;
  readonly store: GoDataFeedStore;
}
interface Found<T> {
  readonly variant: Variant;
  readonly value: T;
}

/**
 * For each store: as configured, else in every known form, with the setting that works; and its clock against ours, as windows
 * of lists and the end of a token go by it.
 */
export async function checkGoDataFeed(
  stores: readonly GoDataFeedStore[],
  probe: FeedProbe,
  clock: Clock,
): Promise<Check[]> {
  const checks: Check[] = [];
  for (const store of stores) checks.push(...(await checkStore(store, probe, clock)));
  return checks;
}

async function checkStore(store: GoDataFeedStore, probe: FeedProbe, clock: Clock): Promise<Check[]> {
  const name = `GoDataFeed ${store.name}`;
  const tried: string[] = [];
  try {
    const token =
      store.token === null
        ? await firstThatWorks(authVariants(store), (one) => probe.token(one), tried)
        : { variant: { form: {}, store }, value: store.token };
    if (token === null) return [noneWorks(name, store, tried, KEY_REMEDY)];
    let sentAt = clock.now();
    const counted = await firstThatWorks(
      placementVariants({ ...token.variant.store, consumerKey: null, token: token.value }),
      (one) => {
        sentAt = clock.now();
        return probe.count(one);
      },
      tried,
    );
    const times = { sentAt, receivedAt: clock.now() };
    if (counted === null) return [noneWorks(name, store, tried, CALL_REMEDY)];
    const { orders, date } = counted.value;
    const time = checkDate(`clock of ${name}`, "GoDataFeed's", date, times);
    const form = { ...token.variant.form, ...counted.variant.form };
    const answer = `${store.baseUrl} answers, ${orders} new orders`;
    if (Object.keys(form).length === 0)
      return [passed(name, `${answer}; ${formText(formOf(store))}`), ...time];
    const detail = [`${answer}, but not in the configured form`, ...tried].join('\n');
    return [failed(name, detail, `set ${formText(form)} for the store ${store.name}`, EXIT.usage), ...time];
  } catch (error) {
    const code = exitCodeOf(error) === EXIT.usage ? EXIT.usage : EXIT.unreachable;
    const remedy = 'check the address, the network and whether the API is up';
    return [failed(name, messageOf(error), remedy, code)];
  }
}

const KEY_REMEDY =
  'check the consumer key (active, this address on its list) in the app under Settings, Stores, GoDataFeed API; if it is right, set auth.* to the form your reference shows';
const CALL_REMEDY =
  'check the scope Orders Read of the key and its list of addresses; where a form was answered 404, set paths.count as your reference shows';

/** Tries one after the other; what was refused goes into the list. Throws when the server cannot be reached. */
async function firstThatWorks<T>(
  variants: readonly Variant[],
  attempt: (store: GoDataFeedStore) => Promise<T>,
  tried: string[],
): Promise<Found<T> | null> {
  for (const variant of variants) {
    try {
      return { variant, value: await attempt(variant.store) };
    } catch (error) {
      if (!(error instanceof ConfigurationError) && !(error instanceof TerminalError)) throw error;
      const form = Object.keys(variant.form).length === 0 ? 'as configured' : formText(variant.form);
      tried.push(`${form}: ${saidBy(error)}`);
    }
  }
  return null;
}

/** The configured form first, then the others in the order of likelihood. */
function authVariants(store: GoDataFeedStore): Variant[] {
  const { auth } = store;
  const other = (form: Partial<Pick<GoDataFeedStore['auth'], 'keyIn' | 'path' | 'method'>>): Variant => ({
    form: Object.fromEntries(Object.entries(form).map(([name, value]) => [`auth.${name}`, value])),
    store: { ...store, auth: { ...auth, ...form } },
  });
  const places = KEY_PLACES.filter((place) => place !== auth.keyIn);
  return [
    { form: {}, store },
    ...places.map((keyIn) => other(keyIn === 'body' ? { keyIn, method: 'POST' } : { keyIn })),
    other({ keyIn: 'path', path: '/:consumerKey/authorization' }),
  ];
}

function placementVariants(store: GoDataFeedStore): Variant[] {
  const others = TOKEN_PLACEMENTS.filter((one) => one !== store.tokenPlacement);
  return [
    { form: {}, store },
    ...others.map((tokenPlacement): Variant => {
      const name = tokenPlacement === 'rawHeader' ? { tokenName: 'Authorization' } : {};
      return { form: { tokenPlacement, ...name }, store: { ...store, tokenPlacement, ...name } };
    }),
  ];
}

function formOf({ auth, consumerKey, tokenPlacement }: GoDataFeedStore): Form {
  return { ...(consumerKey === null ? {} : { 'auth.keyIn': auth.keyIn }), tokenPlacement };
}

function formText(form: Form): string {
  return Object.entries(form)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ');
}

function noneWorks(name: string, store: GoDataFeedStore, tried: readonly string[], remedy: string): Check {
  return failed(name, [`${store.baseUrl} answers in no known form`, ...tried].join('\n'), remedy, EXIT.usage);
}

/** `answered 401`, without the advice of a run. */
function saidBy(error: Error): string {
  if (error instanceof AccessError) return `answered ${error.status}`;
  return /answered \d{3}/.exec(error.message)?.[0] ?? `${codeOf(error)}: ${error.message}`;
}

/**
 * Probes of the real API. They pass a gate of their own, one call at a time: the doctor writes into no bucket, and a
 * dozen calls more are what its margin and a 429 are for.
 */
export function feedProbe(clock: Clock, onToken: (token: string) => void): FeedProbe {
  const gates = new Map<string, RateGate>();
  async function withClient<T>(
    store: GoDataFeedStore,
    work: (client: ReturnType<typeof createGoDataFeedClient>) => Promise<T>,
    seen: (token: string) => void = () => undefined,
    onDate?: (date: string) => void,
  ): Promise<T> {
    const gate = gates.get(store.name) ?? rateGate({ store: memoryBucket(clock), limits: store.rate, clock });
    gates.set(store.name, gate);
    const client = createGoDataFeedClient(store, {
      clock,
      gate,
      onDate,
      onToken: (token) => {
        onToken(token);
        seen(token);
      },
    });
    try {
      return await work(client);
    } finally {
      client.close();
    }
  }
  return {
    async token(store) {
      let made = '';
      await withClient(
        store,
        (client) => client.authorize(),
        (token) => {
          made = token;
        },
      );
      return made;
    },
    async count(store) {
      const seen: { date: string | null } = { date: null };
      const orders = await withClient(
        store,
        (client) => client.countNew(),
        undefined,
        (date) => {
          seen.date = date;
        },
      );
      return { orders, date: seen.date };
    },
  };
}
