import type { Engine } from './engine.ts'

/**
 * Reconciles a service no later than `at` (milliseconds since the epoch). Each pass does all that
 * is due, so one timer for each service is enough: the earliest.
 */
export function wakeAt(engine: Engine, serviceArn: string, at: number): void {
  if (engine.closed) return
  const known = engine.wakes.get(serviceArn)
  if (known !== undefined && known.at <= at) return
  known?.cancel()
  const cancel = engine.clock.after(Math.max(0, at - engine.clock.now()), () => {
    engine.wakes.delete(serviceArn)
    engine.reconcile(serviceArn)
  })
  engine.wakes.set(serviceArn, { at, cancel })
}

/** Reconciles a service as soon as ECS would. */
export function wakeSoon(engine: Engine, serviceArn: string): void {
  wakeAt(engine, serviceArn, engine.clock.now() + engine.timings.react)
}

/** Reconciles a service in the clock's next turn. */
export function wakeNow(engine: Engine, serviceArn: string): void {
  wakeAt(engine, serviceArn, engine.clock.now())
}
