import { randomUUID } from 'node:crypto'
import type { Engine } from '../engine.ts'
import type { ServiceRecord } from '../records.ts'

/** ECS keeps the newest 100 events of a service. */
const kept = 100

/** Adds an event to a service, newest first, with ECS's prefix. */
export function addEvent(engine: Engine, service: ServiceRecord, text: string): void {
  service.events.unshift({
    id: randomUUID(),
    createdAt: engine.clock.now(),
    message: `(service ${service.name}) ${text}`,
  })
  service.events.length = Math.min(service.events.length, kept)
}

/** `(task a) (task b)` */
export function taskList(tasks: readonly { readonly id: string }[]): string {
  return tasks.map(({ id }) => `(task ${id})`).join(' ')
}
