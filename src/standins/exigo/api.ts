import type { Clock } from '../../core/clock.js';
import type { Database } from '../../db/database.js';
import { sql } from '../../db/sql.js';
import type { Answer } from '../wire.js';
import { readChanges } from './change.js';
import { exigoFaults, type Fault, strikes } from './faults.js';
import type { ExigoOperation, JournalEntry, OpenEntry } from './journal.js';
import { OrderReader } from './orders.js';
import { BadRequest, type QuestionRules, readQuestion } from './question.js';
import { readTransaction, type TransactionRules, TransactionWriter } from './transaction.js';
import { OrderWriter, type WriteRules, type Written } from './writer.js';

/** The vendor's documentation says 500. */
const DEFAULT_BATCH_SIZE = 500;

const ROUTES: Readonly<Record<string, Readonly<Record<string, ExigoOperation>>>> = {
  '/3.0/orders': { GET: 'GetOrders', PATCH: 'UpdateOrder' },
  '/3.0/orders/status': { POST: 'ChangeOrderStatus' },
  '/3.0/orders/statusbatch': { POST: 'ChangeOrderStatusBatch' },
  '/3.0/customers': { GET: 'GetCustomers' },
  '/3.0/transaction': { POST: 'ProcessTransaction' },
};

interface CustomerRow {
  readonly id: number;
  readonly email: string;
  readonly first_name: string;
  readonly last_name: string;
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string;
  readonly body: string;
}

/** What a mutating call wants done. */
interface Work {
  readonly orderIds: readonly number[];
  /** What {@link write} would answer now; changes nothing. */
  check(): Promise<Written>;
  write(): Promise<Written>;
  /** Members of the answer besides its result, with a comma behind. */
  readonly members: string;
}

export interface ExigoApiOptions
  extends Partial<WriteRules>,
    Partial<QuestionRules>,
    Partial<TransactionRules> {
  /** Holds the dbo tables; stays open when the stand-in closes. */
  readonly database: Database;
  readonly clock: Clock;
  readonly login: string;
  readonly company: string;
  readonly password: string;
  /** Replies without lines, payments and amounts, for load tests that read nothing but the status. */
  readonly headOnly?: boolean;
  /** Smallest id of an order, a customer or a payment that is made; default: above what is there. */
  readonly firstId?: number;
  /** Default true; false saves memory in load tests. */
  readonly keepJournal?: boolean;
}

/** The API without its socket: credentials, routes, faults, journal. */
export class ExigoApi {
  readonly journal: JournalEntry[] = [];
  readonly counts = new Map<ExigoOperation, number>();
  readonly faults = exigoFaults();
  private readonly reader: OrderReader;
  private readonly writer: OrderWriter;
  private readonly rules: QuestionRules;
  private readonly authorization: string;
  private readonly transactionWriter: TransactionWriter;
  private readonly late: { readonly due: number; readonly work: Work; readonly entry: OpenEntry }[] = [];
  private settling: Promise<void> = Promise.resolve();
  private transactions = 0;

  constructor(private readonly options: ExigoApiOptions) {
    const { database, clock, login, company, password } = options;
    this.reader = new OrderReader(database, options.headOnly ?? false);
    this.writer = new OrderWriter(database, clock, {
      batch: options.batch ?? 'whole',
      refusedMoves: options.refusedMoves ?? [],
    });
    this.transactionWriter = new TransactionWriter(database, clock, {
      duplicateKeys: options.duplicateKeys ?? 'refused',
      firstId: options.firstId,
    });
    this.rules = {
      defaultBatchSize: options.defaultBatchSize ?? DEFAULT_BATCH_SIZE,
      maxBatchSize: options.maxBatchSize ?? Number.MAX_SAFE_INTEGER,
      listStyle: options.listStyle ?? 'any',
    };
    this.authorization = `Basic ${Buffer.from(`${login}@${company}:${password}`).toString('base64')}`;
  }

  async answer(call: Call): Promise<Answer> {
    if (call.authorization !== this.authorization) return message(401, 'Invalid login');
    const route = ROUTES[call.path.toLowerCase().replace(/\/+$/, '')];
    if (route === undefined) return message(404, `No such resource: ${call.path}`);
    const operation = route[call.method];
    if (operation === undefined) return message(405, `${call.method} is not allowed here`);
    this.counts.set(operation, (this.counts.get(operation) ?? 0) + 1);
    await this.settle();
    if (operation === 'GetOrders') return this.read(call);
    return operation === 'GetCustomers' ? this.customers(call) : this.change(operation, call.body);
  }

  /** Applies the late effects that are due, in the order of their calls. */
  async settle(): Promise<void> {
    const turn = this.settling.then(async () => {
      const now = this.options.clock.now();
      for (const one of this.late.filter(({ due }) => due <= now)) {
        note(one.entry, await one.work.write());
        this.late.splice(this.late.indexOf(one), 1);
      }
    });
    this.settling = turn.catch(() => undefined);
    return turn;
  }

  private async read(call: Call): Promise<Answer> {
    const fault = this.faults.next((one) => strikes(one, 'GetOrders', []));
    const early = fault && before(fault, this.result(failureOf(fault, [])));
    if (early) return early;
    const question = readQuestion(call.query, this.rules);
    if (question instanceof BadRequest) return message(400, question.message);
    const orders = await this.reader.read(question);
    const list = `"orders":[${orders.join(',')}],"recordCount":${orders.length},`;
    return after(fault, this.result([], list));
  }

  private async customers(call: Call): Promise<Answer> {
    const fault = this.faults.next((one) => strikes(one, 'GetCustomers', []));
    const early = fault && before(fault, this.result(failureOf(fault, [])));
    if (early) return early;
    const email = [...call.query].find(([name]) => name.toLowerCase() === 'email')?.[1] ?? '';
    const { database } = this.options;
    const rows = await database.all<CustomerRow>(sql(database.engine, 'standin/customers_by_email'), {
      email,
    });
    const customers = rows.map((row) => ({
      customerID: row.id,
      firstName: row.first_name,
      lastName: row.last_name,
      email: row.email,
    }));
    const list = `"customers":${JSON.stringify(customers)},"recordCount":${customers.length},`;
    return after(fault, this.result([], list));
  }

  private async change(operation: JournalEntry['operation'], text: string): Promise<Answer> {
    const body = parse(text);
    if (body === null) return message(400, 'The body is no JSON object');
    const work = await this.workOf(operation, body);
    const orderIds = work instanceof BadRequest ? [] : work.orderIds;
    const at = this.options.clock.now();
    const entry: OpenEntry = { at, operation, orderIds, body, answer: '', applied: false, changes: [] };
    if (this.options.keepJournal ?? true) this.journal.push(entry);
    const fault = this.faults.next((one) => strikes(one, operation, orderIds, text));
    const answer = await this.carryOut(work, fault, entry);
    entry.answer = answer.cut ? 'cut' : [answer.status, answer.result].filter(Boolean).join(' ');
    return answer;
  }

  private async workOf(
    operation: JournalEntry['operation'],
    body: Record<string, unknown>,
  ): Promise<Work | BadRequest> {
    if (operation !== 'ProcessTransaction') {
      const changes = readChanges(operation, body);
      if (changes instanceof BadRequest) return changes;
      return {
        orderIds: changes.flatMap(({ orderId }) => orderId ?? []),
        check: () => this.writer.check(changes),
        write: () => this.writer.write(changes),
        members: '',
      };
    }
    const wanted = readTransaction(body);
    if (wanted instanceof BadRequest) return wanted;
    const planned = await this.transactionWriter.plan(wanted);
    const { orderId: orderID, customerId: customerID, paymentId: paymentID } = planned;
    const responses = [
      ...(wanted.customer === null ? [] : [{ customerID }]),
      { orderID },
      ...wanted.payments.map((_, i) => ({ paymentID: paymentID + i })),
    ];
    return {
      orderIds: [orderID],
      check: () => this.transactionWriter.check(planned),
      write: () => this.transactionWriter.write(planned),
      members: `"transactionResponses":${JSON.stringify(responses)},`,
    };
  }

  private async carryOut(
    work: Work | BadRequest,
    fault: Fault | undefined,
    entry: OpenEntry,
  ): Promise<Answer> {
    const early = fault && before(fault, this.result(failureOf(fault, entry.orderIds)));
    if (early) return early;
    if (work instanceof BadRequest) return this.result([work.message]);
    const answer = (errors: readonly string[]) =>
      this.result(errors, errors.length === 0 ? work.members : '');
    if (fault?.kind === 'late') {
      const { errors } = await work.check();
      if (errors.length === 0) this.late.push({ due: entry.at + fault.afterMs, work, entry });
      return { ...answer(errors), cut: fault.answer === 'cut' };
    }
    const written = await work.write();
    note(entry, written);
    return after(fault, answer(written.errors));
  }

  /** HTTP 200 with the result that the errors make; `members` go before it. */
  private result(errors: readonly string[], members = ''): Answer {
    this.transactions++;
    const status = errors.length === 0 ? 'Success' : 'Failure';
    const transactionKey = `00000000-0000-4000-8000-${String(this.transactions).padStart(12, '0')}`;
    const result = JSON.stringify({ status, errors, transactionKey });
    return { status: 200, result: status, text: `{${members}"result":${result}}` };
  }
}

/** The answer of a fault that strikes before anything is done. */
function before(fault: Fault, failure: Answer): Answer | undefined {
  switch (fault.kind) {
    case 'status-429':
    case 'status-503': {
      const status = fault.kind === 'status-429' ? 429 : 503;
      return { ...message(status, 'Try again later'), headers: { 'Retry-After': fault.retryAfter ?? '1' } };
    }
    case 'status-500-before':
      return message(500, 'An error has occurred');
    case 'unauthorized':
      return message(401, 'Invalid login');
    case 'cut-before':
      return { status: 0, text: '', cut: true };
    case 'failure':
    case 'refuse-orders':
    case 'refuse-item':
      return failure;
    default:
      return undefined;
  }
}

/** The answer of a fault that strikes when everything is done. */
function after(fault: Fault | undefined, answer: Answer): Answer {
  if (fault?.kind === 'status-500-after') return message(500, 'An error has occurred');
  if (fault?.kind === 'cut-after') return { ...answer, cut: true };
  if (fault?.kind === 'slow-body') return { ...answer, dripMs: fault.everyMs ?? 20 };
  return answer;
}

function failureOf(fault: Fault, orderIds: readonly number[]): readonly string[] {
  if (fault.kind === 'refuse-item') return [`Item ${fault.itemCode} does not exist`];
  if (fault.kind === 'failure') return fault.errors ?? ['The request was refused'];
  if (fault.kind !== 'refuse-orders') return [];
  return fault.orderIds.filter((id) => orderIds.includes(id)).map((id) => `Order ${id} cannot be changed`);
}

function note(entry: OpenEntry, { changes }: Written): void {
  entry.applied = changes.length > 0;
  entry.changes = changes;
}

function message(status: number, text: string): Answer {
  return { status, text: JSON.stringify({ message: text }) };
}

/** A text, or a decimal that is a value: amounts become text, so that they keep their digits. */
const DECIMAL = /("(?:[^"\\]|\\.)*")|-?\d+\.\d+(?=\s*[,}\]])/g;

function parse(text: string): Record<string, unknown> | null {
  try {
    const body: unknown = JSON.parse(text.replace(DECIMAL, (found, quoted) => quoted ?? `"${found}"`));
    return typeof body === 'object' && !Array.isArray(body) ? (body as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
