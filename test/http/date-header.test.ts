import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.js';
import { createHttpClient } from '../../src/http/client.js';

it('tells of the Date header of every answer, of refusals as well', async () => {
  const server = createServer((request, response) => {
    response.setHeader('Date', 'Sat, 21 Nov 2026 03:00:00 GMT');
    response.statusCode = request.url === '/no' ? 404 : 200;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const dates: string[] = [];
  const client = createHttpClient({
    name: 'Test',
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    headers: {},
    secrets: [],
    deadlineMs: 5_000,
    clock: systemClock,
    onDate: (date) => dates.push(date),
  });
  try {
    await client.request({ method: 'GET', path: '/' });
    await expect(client.request({ method: 'GET', path: '/no' })).rejects.toThrow();
    expect(dates).toEqual(['Sat, 21 Nov 2026 03:00:00 GMT', 'Sat, 21 Nov 2026 03:00:00 GMT']);
  } finally {
    client.close();
    await new Promise((resolve) => server.close(resolve));
  }
});
