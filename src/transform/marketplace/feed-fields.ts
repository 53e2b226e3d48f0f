import { addDecimals, type Decimal, formatDecimal, parseDecimal } from '../../core/decimal.js';
import type { OrderFieldName, OrderRules } from '../../core/godatafeed.js';
import { firstOf, textOf } from '../../godatafeed/envelope.js';
import { isObject, type Json, type JsonObject } from '../../http/json.js';

/** A marketplace order cannot be mapped: why, by a code of the error list. */
export class Unmappable extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'Unmappable';
  }
}

/** Reads fields of an order, or of one of its lines, by their candidates. */
export class FeedFields {
  constructor(
    private readonly fields: JsonObject,
    private readonly rules: OrderRules,
    /** For messages: empty, or ` of line 2`. */
    private readonly where = '',
  ) {}

  text(name: OrderFieldName): string | null {
    return textOf(firstOf(this.fields, this.rules.fields[name]));
  }

  /** A field of the ship-to address: `ShippingAddress.City`, or `ShippingCity`. */
  shipTo(name: OrderFieldName): string | null {
    const { shipTo, [name]: names } = this.rules.fields;
    const nested = shipTo.flatMap((at) => names.map((one) => `${at}.${one}`));
    const flat = shipTo.flatMap((at) => names.map((one) => at + one));
    return textOf(firstOf(this.fields, [...nested, ...flat]));
  }

  /** Throws Unmappable when there is none. */
  needed(name: OrderFieldName, code: string): string {
    const found = this.text(name);
    if (found !== null) return found;
    throw new Unmappable(code, `it has no ${name}${this.where}; looked for ${this.candidates(name)}`);
  }

  /** Null where there is none; throws Unmappable for text that is no amount. */
  amount(name: OrderFieldName): Decimal | null {
    const text = this.text(name);
    if (text === null) return null;
    const found = parseDecimal(text);
    if (found !== null) return found;
    throw new Unmappable('UNREADABLE_AMOUNT', `${name}${this.where} "${text}" is no amount`);
  }

  neededAmount(name: OrderFieldName, code: string): Decimal {
    return this.amount(name) ?? parseDecimal(this.needed(name, code)) ?? ZERO;
  }

  lines(): FeedFields[] {
    const found: Json | undefined = firstOf(this.fields, this.rules.fields.lines);
    const lines = Array.isArray(found) ? (found as readonly Json[]).filter(isObject) : [];
    return lines.map((line, i) => new FeedFields(line, this.rules, ` of line ${i + 1}`));
  }

  candidates(name: OrderFieldName): string {
    return this.rules.fields[name].join(', ');
  }
}

export const ZERO: Decimal = { units: 0n, scale: 0 };

export function sum(values: readonly Decimal[]): Decimal {
  return values.reduce(addDecimals, ZERO);
}

export function isZero({ units }: Decimal): boolean {
  return units === 0n;
}

export function negated({ units, scale }: Decimal): Decimal {
  return { units: -units, scale };
}

/** Discounts come as positive or as negative amounts. */
export function magnitude({ units, scale }: Decimal): Decimal {
  return { units: units < 0n ? -units : units, scale };
}

/** `12.50`: the digits as they came, at least two after the point. */
export function money(value: Decimal): string {
  return formatDecimal(
    value.scale >= 2 ? value : { units: value.units * 10n ** BigInt(2 - value.scale), scale: 2 },
  );
}
