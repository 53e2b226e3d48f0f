import { TerminalError } from '../../core/errors.js';
import { noAnswer, type RequestFacts, texts } from '../../http/failures.js';
import { type Json, member } from '../../http/json.js';

/**
 * Reads the `result` that every reply of the API ends with. HTTP 200 is no success: a business failure may
 * come with it. A missing or null result is a success (the vendor's samples show it so) unless errors
 * stand beside it. Throws TerminalError for a Failure; a status that nobody has documented leaves a change with an
 * unknown outcome.
 */
export function checkResult(request: RequestFacts, body: Json, redact: (text: string) => string): void {
  const result = member(body, 'result') ?? null;
  const status = member(result, 'status') ?? null;
  const errors = [...texts(member(result, 'errors')), ...texts(member(body, 'errors'))];
  const verdict = String(status ?? '').toLowerCase();
  const failed = verdict === 'failure' || verdict === '1' || (status === null && errors.length > 0);
  if (failed) {
    const words = errors.length > 0 ? errors.join('; ') : texts(result).join('; ');
    throw new TerminalError(
      'EXIGO_FAILURE',
      `${request.label}: refused by Exigo: ${redact(words) || 'without a reason'}; the same request would be refused again`,
    );
  }
  if (status !== null && verdict !== 'success' && verdict !== '0') {
    const words = redact(String(status)).slice(0, 100);
    throw noAnswer(request, 'EXIGO_RESULT', `answered with the undocumented result "${words}"`);
  }
}
