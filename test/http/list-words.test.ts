/** What a server says of a list may name customers whom nobody here knows by name: it stands in no error. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { marketplaceStore } from '../../src/app/godatafeed.js';
import { systemClock } from '../../src/core/clock.js';
import { createGoDataFeedClient, type GoDataFeedClient } from '../../src/godatafeed/client.js';
import { OPEN_GATE, storeOf } from '../support/godatafeed-standin.js';

const NAME = 'Wilhelmina Quackenbush';

let server: Server;
let client: GoDataFeedClient;
/** How the list is answered; the count says two. */
let answer: { readonly status: number; readonly body: unknown };
beforeEach(async () => {
  server = createServer((request, response) => {
    request.resume();
    const isList = !/count/i.test(request.url ?? '');
    response.writeHead(isList ? answer.status : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isList ? answer.body : { Success: true, Count: 2 }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  client = createGoDataFeedClient(storeOf({ baseUrl, token: `\${KEY}` }), {
    clock: systemClock,
    gate: OPEN_GATE,
  });
});
afterEach(async () => {
  client.close();
  await new Promise((resolve) => server.close(resolve));
});

const between = async () => undefined;
const errorsOf = async () => {
  const store = marketplaceStore(client);
  const texts: string[] = [];
  for (const list of [() => store.listNew(null, between), () => store.listEnded(0, () => true, between)]) {
    texts.push(await list().then(String, (error: Error) => error.message));
  }
  return texts;
};

it.each([
  [500, { message: `null reference at the order of ${NAME}` }, 'answered 500'],
  [422, { message: `the order of ${NAME} cannot be shown` }, 'answered 422'],
  [200, { Success: false, Message: `the order of ${NAME} cannot be shown` }, 'refused by GoDataFeed'],
])('of an answer with %i', async (status, body, said) => {
  answer = { status, body };
  for (const text of await errorsOf()) {
    expect(text).toContain(`${said}: its words are left out, as they may name customers`);
    expect(text).not.toMatch(/Wilhelmina|Quackenbush/);
  }
});

it('but what is about the request itself is said', async () => {
  answer = { status: 400, body: { message: 'FromDate is no date' } };
  for (const text of await errorsOf()) expect(text).toContain('answered 400: FromDate is no date');
});

it('nor does a field that is taken for the status, and is a name', async () => {
  const fields = { OrderNumber: '1', OrderStatus: NAME, ShippingAddress: { Name: NAME } };
  answer = { status: 200, body: { Success: true, Orders: [fields, { ...fields, OrderNumber: '2' }] } };
  const { problem } = await marketplaceStore(client).listNew(null, between);
  expect(problem?.message).toContain('2 of 2 orders listed as NEW are not ([hidden]) and left out');
});
