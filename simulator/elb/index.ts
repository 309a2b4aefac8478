export { elbOperations } from './operations.ts'
