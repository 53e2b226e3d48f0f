/** A row's number in an address; anything else is none. */
export function idOf(value: unknown): number | undefined {
  return typeof value === 'string' && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : undefined;
}

/** A name in an address: of a flow, 3PL or store; anything else is none. */
export function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[a-z0-9][a-z0-9-]{0,80}$/i.test(value) ? value : undefined;
}
