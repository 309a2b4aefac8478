/**
 * The simulator as a library, for tests that run it in their own process.
 *
 * ```ts
 * import { manualClock, scriptedRuntime, startSimulator } from 'slipway-simulator'
 *
 * const clock = manualClock()
 * const runtime = scriptedRuntime({ clock, behave: () => ({}) })
 * const simulator = await startSimulator({ runtime, clock })
 * // … point AWS SDK clients at simulator.url, and move time with clock.advance(ms)
 * await simulator.close()
 * ```
 */
export { manualClock, realClock, type ManualClock } from './clock/index.ts'
export type { RegistryAddress } from './ecr/http-registry.ts'
export {
  awsTimings,
  createEngine,
  ecsOperations,
  emptyEngineState,
  fastTimings,
  interruptTasks,
  setAlarm,
  setCapacity,
  type Engine,
  type EngineOptions,
  type Timings,
  type EngineState,
} from './ecs/index.ts'
export type { Fault } from './http/fault.ts'
export type { Faults } from './http/faults.ts'
export type { ThrottleKind } from './http/throttle.ts'
export { dockerRuntime, type DockerRuntimeOptions } from './runtime/docker.ts'
export {
  scriptedRuntime,
  type Behaviour,
  type ScriptedOptions,
  type ScriptedRuntime,
} from './runtime/scripted.ts'
export type { TaskFault } from './runtime/task-fault.ts'
export type { TaskFaults } from './runtime/task-faults.ts'
export type { Clock, TaskRuntime, TaskSpec } from './runtime/types.ts'
export { startSimulator, type Simulator, type SimulatorOptions } from './start.ts'
