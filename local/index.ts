/**
 * The local stack as a library: a Docker engine, Temporal, a registry, a simulated AWS with the
 * example's services in it, and a worker, all on this machine.
 */
export { localDown } from './down.ts'
export { localUp, type LocalUpOptions } from './up.ts'
export { startStack, type Stack, type StackOptions } from './stack/stack.ts'
export type { StackAddresses } from './stack/environment-file.ts'
export type { StackPorts } from './stack/ports.ts'
export { commitHello, makeHelloCheckout, type HelloHealth } from './stack/hello.ts'
export type { SlipwayPrograms } from './programs.ts'
