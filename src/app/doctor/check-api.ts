import type { Clock } from '../../core/clock.js';
import type { Config, ExigoApiConfig } from '../../core/config.js';
import { messageOf } from '../../core/errors.js';
import { EXIT, exitCodeOf } from '../process.js';
import { type Check, failed, passed } from './check.js';
import { checkExigoForms, type ExigoForms } from './check-api-forms.js';
import { checkDate } from './check-clock.js';

/** Resolves with the answer's `Date` header, if it had one; rejects with the classes of `core/errors`. */
export type ExigoProbe = () => Promise<{ readonly date: string | null }>;

export async function checkExigoApi(
  config: Config,
  probeOf: (config: Config) => ExigoProbe,
  clock: Clock,
  formsOf?: (config: ExigoApiConfig) => ExigoForms,
): Promise<Check[]> {
  if (config.exigoApi === null) {
    return [passed('Exigo API', 'not configured: orders are handed over, but not set to Printed')];
  }
  const { baseUrl } = config.exigoApi;
  const sentAt = clock.now();
  try {
    const { date } = await probeOf(config)();
    const times = { sentAt, receivedAt: clock.now() };
    return [
      passed('Exigo API', `${baseUrl} answers`),
      ...checkDate('clock', "the Exigo API's", date, times),
      ...(formsOf === undefined ? [] : await checkExigoForms(config.exigoApi, formsOf(config.exigoApi))),
    ];
  } catch (error) {
    const code = exitCodeOf(error) === EXIT.usage ? EXIT.usage : EXIT.unreachable;
    const remedy =
      code === EXIT.usage
        ? 'check company, login and password, API access of the user, and the IP whitelist of the tenant'
        : 'check the address, the network and whether the API is up';
    return [failed('Exigo API', `${baseUrl}: ${messageOf(error)}`, remedy, code)];
  }
}
