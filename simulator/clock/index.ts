export { manualClock, type ManualClock } from './manual.ts'
export { realClock } from './real.ts'
