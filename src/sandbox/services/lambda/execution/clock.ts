/**
 * The sandbox's clock as a function sees it, which waits and looks at its watch as in Lambda. It is in place before the
 * function's code is loaded, which may keep `Date.now` or `setTimeout` for later.
 */

const realNow = Date.now;
const realSetTimeout = globalThis.setTimeout;

/** Until the first invocation says otherwise, real time. */
let base = { real: realNow(), virtual: realNow(), speed: 1 };

function now(): number {
  return base.virtual + (realNow() - base.real) * base.speed;
}

globalThis.Date = new Proxy(Date, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as object,
  apply: (target) => new target(now()).toString(),
  get: (target, name, receiver) => (name === 'now' ? now : (Reflect.get(target, name, receiver) as unknown)),
});
globalThis.setTimeout = Object.assign(
  (callback: (...args: unknown[]) => void, delay = 0, ...args: unknown[]) =>
    realSetTimeout(callback, delay / base.speed, ...args),
  realSetTimeout,
);

/** Sets what `Date` and `setTimeout` go by. */
export function setClock(clock: { readonly now: number; readonly speed: number }): void {
  base = { real: realNow(), virtual: clock.now, speed: clock.speed };
}
