import { maskReason } from '../core/personal.js';

const HIDDEN = '[redacted]';

/** Field names whose values are never shown, whatever they hold. A lease's fencing token is no secret. */
const SECRET_KEY =
  /pass(word|wd|phrase)?$|secret|(?<!fencing_?)token|authori[sz]ation|cookie|^login$|credential|api-?_?key/i;

/** A credential by its form, also one that nobody registered. */
const SECRET_FORMS: readonly (readonly [RegExp, string])[] = [
  [/\b(Basic|Bearer)\s+[A-Za-z0-9+/=._~-]{8,}/gi, `$1 ${HIDDEN}`],
  [/(\b[a-z][a-z0-9+.-]*:\/\/)[^\s/@"']+@/gi, `$1${HIDDEN}@`],
];

/** Shorter values are left alone: replacing every `1` of a log hides nothing and garbles everything. */
const MIN_LENGTH = 4;

/**
 * Keeps secrets out of everything that is written. Values are registered once the configuration is
 * known and are then replaced wherever they occur, also inside messages and error texts, and also as
 * JSON, URL or base64 spells them.
 */
export class Redactor {
  private values: readonly string[] = [];

  register(secrets: Iterable<string>): void {
    const spelled = [...secrets]
      .filter((secret) => secret.length >= MIN_LENGTH)
      .flatMap((secret) => [
        secret,
        JSON.stringify(secret).slice(1, -1),
        new URLSearchParams({ '': secret }).toString().slice(1),
        // Encodes what UTF-8 can carry: a lone surrogate alone would make encodeURIComponent throw.
        encodeURIComponent(Buffer.from(secret, 'utf8').toString('utf8')),
        Buffer.from(secret, 'utf8').toString('base64'),
      ]);
    // The longest first: a secret that contains another one is replaced as a whole.
    this.values = [...new Set([...this.values, ...spelled])].sort((a, b) => b.length - a.length);
  }

  /** Without secrets, and without what is personal by its form: addresses, phone and card numbers. */
  text(text: string): string {
    return maskReason(this.secretsOf(text));
  }

  /** Without secrets alone: where somebody asked for personal data by name. */
  secretsOf(text: string): string {
    let clean = text;
    for (const value of this.values) clean = clean.replaceAll(value, HIDDEN);
    for (const [form, replacement] of SECRET_FORMS) clean = clean.replace(form, replacement);
    return clean;
  }

  /** A value that goes out under this key; objects and lists are walked. */
  value(key: string, value: unknown, text = (one: string) => this.text(one)): unknown {
    if (value === null || value === undefined) return value;
    if (SECRET_KEY.test(key)) return HIDDEN;
    if (typeof value === 'string') return text(value);
    if (typeof value === 'number' || typeof value === 'bigint') {
      const written = String(value);
      return text(written) === written ? value : HIDDEN;
    }
    if (Array.isArray(value)) return value.map((part) => this.value(key, part, text));
    if (typeof value !== 'object') return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [text(name), this.value(name, part, text)]),
    );
  }
}
