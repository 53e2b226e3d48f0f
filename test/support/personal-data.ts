import { putRows } from '../../src/db/put-rows.js';
import { dumpOf } from './dump.js';
import type { House } from './house.js';

/** Somebody whose every word is found again. */
export const PERSON = {
  FirstName: 'Zebulon',
  LastName: 'Quistgaard',
  Address1: '742 Evergreen Terrace',
  City: 'Ljubovia',
  Email: 'zeb.quist@example.org',
  Phone: '+1 (775) 555-0199',
};

/** A customer, in all the tables that know of one. */
export async function putCustomer(house: House, customerId: number, at: string): Promise<void> {
  const modified = { CustomerID: customerId, ModifiedDate: at };
  const { FirstName, LastName, Email, Phone, Address1, City } = PERSON;
  await house.database.transaction(async (session) => {
    await putRows(session, 'Customers', [
      { ...modified, FirstName, LastName, Email, Phone, MainAddress1: Address1, MainCity: City },
    ]);
    await putRows(session, 'CustomerSites', [{ ...modified, FirstName, LastName, Email, Phone }]);
  });
}

/** A payment of an order that names who paid. */
export async function putPayment(
  house: House,
  paymentId: number,
  orderId: number,
  at: string,
): Promise<void> {
  await house.database.transaction((session) =>
    putRows(session, 'Payments', [
      {
        ...{ PaymentID: paymentId, OrderID: orderId, ModifiedDate: at, Amount: '10.0000' },
        ...{ BillingName: `${PERSON.FirstName} ${PERSON.LastName}`, BillingAddress1: PERSON.Address1 },
      },
    ]),
  );
}

/** Where anything of the person stands in the state: `etl.item: {...}`; the sync tables are not ours. */
export async function tracesOf(house: House): Promise<string[]> {
  const { rows } = (await dumpOf(house)) as { readonly rows: Record<string, readonly string[]> };
  const words = [...Object.values(PERSON), 'evergreen', 'quist'].map((word) => word.toLowerCase());
  return Object.entries(rows)
    .filter(([table]) => table.startsWith('etl.'))
    .flatMap(([table, lines]) =>
      lines
        .filter((line) => words.some((word) => line.toLowerCase().includes(word)))
        .map((line) => `${table}: ${line}`),
    );
}
