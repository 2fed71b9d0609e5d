/** The sandbox's clock as a function sees it, which waits and looks at its watch as in Lambda. */

const realNow = Date.now;
const realSetTimeout = globalThis.setTimeout;

let base = { real: 0, virtual: 0, speed: 1 };

function now(): number {
  return base.virtual + (realNow() - base.real) * base.speed;
}

/** Sets `Date` and `setTimeout` by the sandbox's clock. At its own speed of 1 and in step with real time nothing changes. */
export function setClock(clock: { readonly now: number; readonly speed: number }): void {
  const wasSet = base.real !== 0;
  base = { real: realNow(), virtual: clock.now, speed: clock.speed };
  if (wasSet) return;
  globalThis.Date = new Proxy(Date, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
    apply: (target) => new target(now()).toString(),
    get: (target, name, receiver) => (name === 'now' ? now : Reflect.get(target, name, receiver)),
  });
  const scaled = (callback: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) =>
    realSetTimeout(callback, delay / base.speed, ...args);
  globalThis.setTimeout = Object.assign(scaled, realSetTimeout);
}
