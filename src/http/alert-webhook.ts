import type { AlertChannel } from '../core/alert.js';
import type { AlertWebhookConfig } from '../core/alerts-config.js';
import type { Clock } from '../core/clock.js';
import { webhookSignature } from '../core/webhook-signature.js';
import { createHttpClient } from './client.js';

/**
 * `POST` of JSON to an address of the company's own, signed with two headers: `X-Orderferry-Timestamp`
 * (seconds since 1970) and `X-Orderferry-Signature`, `sha256=` and the HMAC-SHA256, in hex, of timestamp, dot and body.
 */
export function alertWebhook(config: AlertWebhookConfig, clock: Clock): AlertChannel & { close(): void } {
  const url = new URL(config.url);
  // Addresses of chat systems hold their secret in the path: it appears nowhere.
  const address = `${url.pathname}${url.search}`;
  const client = createHttpClient({
    name: 'alert webhook',
    baseUrl: url.origin,
    headers: {},
    secrets: [config.secret, address.length > 1 ? address : config.secret],
    deadlineMs: config.deadlineMs,
    clock,
    credentialsHint: 'look at alerts.webhook',
  });
  return {
    name: 'webhook',
    async tell({ subject, text, data }) {
      const body = { subject, text, data };
      const timestamp = String(Math.floor(clock.now() / 1_000));
      const signature = webhookSignature(config.secret, [timestamp], JSON.stringify(body));
      const { status } = await client.request({
        method: 'POST',
        path: '/',
        address,
        body,
        parse: 'none', // chat systems answer "ok"
        headers: { 'x-orderferry-timestamp': timestamp, 'x-orderferry-signature': signature },
      });
      return `answered ${status}`;
    },
    close: () => client.close(),
  };
}
