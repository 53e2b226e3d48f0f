/** Replaces every occurrence of a secret; the longest first, so that none is left over from a longer one. */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const known = secrets.filter((one) => one !== '').sort((a, b) => b.length - a.length);
  return (text) => known.reduce((left, one) => left.replaceAll(one, '***'), text);
}
