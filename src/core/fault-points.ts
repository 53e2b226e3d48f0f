/**
 * Named places right before and after each commit and each outward act. Inert: nothing in the product
 * sets the hook, no configuration or environment reaches it. The crash suite sets it in its child
 * process to end the process there; unit tests set it to observe an order of events.
 */
let hook: ((point: string) => void | Promise<void>) | undefined;

export function setFaultHook(next: typeof hook): void {
  hook = next;
}

export async function faultPoint(point: string): Promise<void> {
  if (hook !== undefined) await hook(point);
}
